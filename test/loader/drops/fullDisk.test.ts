import { packBundle } from '@stagedoor/bundle';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { dropFolder, fixtureBundle } from '../../support/bundles';
import { GREETER, drop } from '../../support/greeter';
import { startWithMounts } from '../../support/mountNamespace';
import { startPortal, type Portal } from '../../support/portal';
import { pluginsOf, untilState } from '../../support/portalPlugins';
import { waitFor } from '../../support/waitFor';
import { tempDir } from '../../support/tempDir';

/** Gives the state directory (`$1/state`) a disk of 8 MB, of which `$2` MB are taken until there is a file `$1/free`, within a minute. */
const SMALL_DISK = `mount -t tmpfs -o size=8m tmpfs "$1/state"
  dd if=/dev/zero of="$1/state/fill" bs=1M count="$2" 2> "$1/dd" || true
  (for at in $(seq 600); do if [ -e "$1/free" ]; then exec rm "$1/state/fill"; fi; sleep 0.1; done) > "$1/freed" 2>&1 &
  shift 2; exec "$@"`;

/** Starts a portal whose state directory is on a disk with so many MB taken of 8. */
async function portalOn(dir: string, takenMb: number): Promise<Portal> {
  await mkdir(join(dir, 'state'));
  const portal = await startPortal({
    dir,
    start: (command, args, options) => startWithMounts(SMALL_DISK, [dir, String(takenMb), command, ...args], options),
  });
  onTestFinished(async () => void (await portal.stop()));
  return portal;
}

const large = { files: { 'large.bin': 'x'.repeat(3 * 1024 * 1024) } };

test('A drop and an upload that the disk of the state has no room for are refused with that reason; the drop runs when there is', async () => {
  const dir = await tempDir();
  const portal = await portalOn(dir, 6);
  await drop(portal, 'greeter', large);
  const refused = await untilState(portal, 'greeter', 'rejected');
  expect(refused).toMatchObject({
    code: 'STATE_UNWRITABLE',
    hint: expect.stringContaining('free space on that disk') as string,
  });
  // What is packed to little is too much when it is unpacked.
  const archive = join(dir, 'upload.tgz');
  await packBundle(await fixtureBundle(dir, 'streams', large), archive);
  const answer = await portal.fetch('/api/dynamic-plugins/v1/plugins', {
    method: 'POST',
    token: true,
    body: await readFile(archive),
  });
  expect(answer.status).toBe(500);
  expect(((await answer.json()) as { error: { code: string } }).error.code).toBe('STATE_UNWRITABLE');
  const told = portal.logs().match(/greeter.*STATE_UNWRITABLE/g)!.length;
  await writeFile(join(dir, 'free'), '');
  await untilState(portal, GREETER, 'running');
  expect(told).toBe(1);
});

test('A portal whose state directory is on a full disk does not start, and says why', async () => {
  const dir = await tempDir();
  const starting = portalOn(dir, 16);
  await expect(starting).rejects.toThrow(/STATE_UNWRITABLE.*ENOSPC/s);
});

test('A first start runs the drops that the disk of the state has room for, refuses the others, and runs them when there is', async () => {
  const dir = await tempDir();
  const files = { 'large.bin': 'x'.repeat(1.5 * 1024 * 1024) };
  // As many as a thread is started for.
  for (const name of ['blue-green', 'greeter', 'overhears', 'streams']) {
    const bundle = await fixtureBundle(await tempDir(), name, { files });
    await mkdir(join(dir, 'dynamic-plugins-root'), { recursive: true });
    await dropFolder(bundle, join(dir, 'dynamic-plugins-root'), name);
  }
  const portal = await portalOn(dir, 4);
  const found = await pluginsOf(portal);
  const refused = found.filter(({ state }) => state !== 'running');
  expect(refused.map(({ state, code }) => [state, code])).toEqual(refused.map(() => ['rejected', 'STATE_UNWRITABLE']));
  expect([refused.length > 0, refused.length < found.length]).toEqual([true, true]);
  await writeFile(join(dir, 'free'), '');
  await waitFor('all to run', async () => (await pluginsOf(portal)).every(({ state }) => state === 'running'));
});
