import { packBundle } from '@stagedoor/bundle';
import type { InstallResult } from '@stagedoor/cli/api';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startContainerRegistry, type ContainerRegistry } from '../../support/containerRegistry';
import { runWithMounts } from '../../support/mountNamespace';
import { startVerdaccio, type Verdaccio } from '../../support/npmRegistry';
import { serve } from '../../support/serve';
import { tempDir } from '../../support/tempDir';
import { bin, stagedoor } from '../export/exportSupport';
import { namedBundle } from './installSupport';

let images: ContainerRegistry;
let npm: Verdaccio;
beforeAll(async () => {
  [images, npm] = await Promise.all([startContainerRegistry(), startVerdaccio()]);
});
afterAll(async () => {
  await Promise.all([images?.stop(), npm?.stop()]);
});

/** Text that does not get smaller. */
const noise = (bytes: number): string => randomBytes(bytes / 2).toString('hex');

/** A bundle of the plugin `a` that is larger than the disk. */
const large = async (): Promise<string> =>
  await namedBundle('a', '2.0.0', { files: { 'large.txt': noise(6_000_000) } });

async function archiveOf(dir: string): Promise<{ file: string; integrity: string }> {
  return await packBundle(dir, join(await tempDir(), 'a.tgz'));
}

/** Each kind of entry, for a bundle folder. */
const kinds: Array<[string, (bundle: string) => Promise<object>]> = [
  ['a folder', (bundle) => Promise.resolve({ package: bundle })],
  ['an archive of this machine', async (bundle) => ({ package: (await archiveOf(bundle)).file })],
  [
    'an archive at an address',
    async (bundle) => {
      const { file, integrity } = await archiveOf(bundle);
      const bytes = await readFile(file);
      return { package: `${await serve((_, response) => response.end(bytes))}/a.tgz`, integrity };
    },
  ],
  [
    'an image',
    async (bundle) => {
      const image = `oci://${images.host}/acme/a:2`;
      expect((await stagedoor('/', 'push', bundle, image)).code).toBe(0);
      return { package: image };
    },
  ],
  [
    'an npm package',
    async (bundle) => {
      await npm.publish(bundle);
      const { versions } = (await (await fetch(`${npm.url}a`)).json()) as {
        versions: Record<string, { dist: { integrity: string } }>;
      };
      return { package: 'a@2.0.0', integrity: versions['2.0.0']!.dist.integrity };
    },
  ],
];

describe('An install on a full disk', () => {
  test.each(kinds)('changes nothing, and says what to do, for %s', async (_, entryOf) => {
    const dir = await tempDir();
    const old = await namedBundle('a', '1.0.0');
    await writeFile(join(dir, '.npmrc'), `registry=${npm.url}\ncache=${join(dir, 'cache')}\n`);
    await writeFile(join(dir, 'old.yaml'), JSON.stringify({ plugins: [{ package: old, pluginConfig: { a: 1 } }] }));
    await writeFile(join(dir, 'new.yaml'), JSON.stringify({ plugins: [await entryOf(await large())] }));
    const script = `
      mount -t tmpfs -o size=3m tmpfs "$2"; cd "$1"
      "$3" "$4" install "$2/root" --config old.yaml 2>&-
      "$3" "$4" install "$2/root" --config new.yaml || echo "ended with $?"
      ls "$2/root/.stagedoor-install/lock" "$2/root/a/"; cat "$2"/root/app-config*
      "$3" "$4" install "$2/root" --config old.yaml --json 2>&-`;
    const { stdout, stderr } = await runWithMounts(script, [dir, await tempDir(), process.execPath, bin]);
    expect(stderr).toMatch(/^error OUTPUT_UNWRITABLE: .*ENOSPC.*\nhint: .*free space/im);
    expect(stdout).toMatch(/^ended with 1$/m);
    expect(stdout).not.toMatch(/^(work|gone)-/m);
    expect(stdout).toMatch(/^a: 1$/m);
    const last = JSON.parse(stdout.trim().split('\n').at(-1)!) as InstallResult;
    expect(last).toMatchObject({ changed: false, plugins: [{ action: 'kept', version: '1.0.0', entry: 'a' }] });
  });

  test('of which the last page of a download does not fit is said to be full, not the download to be wrong', async () => {
    const { file } = await archiveOf(await namedBundle('a', '1.0.0', { files: { 'large.txt': noise(200_000) } }));
    const bytes = await readFile(file);
    const address = `${await serve((_, response) => response.end(bytes))}/a.tgz`;
    const pages = Math.floor(bytes.length / 4096);
    const script = 'mount -t tmpfs -o size="$1" tmpfs "$2"; TMPDIR="$2" "$3" "$4" inspect "$5"';
    const args = [String(pages * 4096), await tempDir(), process.execPath, bin, address];
    const { stderr } = await runWithMounts(script, args);
    expect(stderr).toMatch(/ENOSPC/);
  });
});
