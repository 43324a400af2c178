import { packBundle } from '@stagedoor/bundle';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, afterAll, expect, test } from 'vitest';
import { fixtureBundle } from '../../support/bundles';
import { GREETER } from '../../support/greeter';
import { mountFiles } from '../../support/kubelet';
import { startWithMounts } from '../../support/mountNamespace';
import { startPortal, type Portal } from '../../support/portal';
import { untilGone, untilState } from '../../support/portalPlugins';
import { makeTempDir, removeTempDir, tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';

/** Makes the root directory an overlay whose lower layer is an image's, in a namespace whose processes have one watch of inotify. */
const OVERLAY_WITHOUT_EVENTS = `exec unshare --user --map-root-user --mount sh -euc '
  mount -t overlay -o "userxattr,lowerdir=$1/image,upperdir=$1/upper,workdir=$1/work" overlay "$1/dynamic-plugins-root"
  echo 1 > /proc/sys/user/max_inotify_watches
  shift; exec "$@"' sh "$@"`;

let dir: string;
let portal: Portal;
/** The root directory as the portal sees it. */
let root: string;

beforeAll(async () => {
  dir = await makeTempDir();
  for (const name of ['image', 'upper', 'work']) await mkdir(join(dir, name));
  const bundle = await fixtureBundle(await makeTempDir(), 'greeter', { sealed: false });
  await cp(bundle, join(dir, 'image/greeter'), { recursive: true });
  portal = await startPortal({
    dir,
    start: (command, args, options) => startWithMounts(OVERLAY_WITHOUT_EVENTS, [dir, command, ...args], options),
  });
  root = `/proc/${portal.pid}/root${portal.root}`;
});

afterAll(async () => {
  await portal?.stop();
  await removeTempDir(dir);
});

async function version(plugin: string): Promise<unknown> {
  return ((await (await portal.fetch(`/api/${plugin}/version`)).json()) as { version: string }).version;
}

test('Without file system events the portal finds every change by looking, and says once which limit to raise.', async () => {
  await untilState(portal, GREETER, 'running', '1.0.0');
  // A file that neither package.json nor a manifest tells of.
  const file = join(root, 'greeter/index.cjs');
  await writeFile(file, (await readFile(file, 'utf8')).replace("require('./package.json')", "{ version: 'changed' }"));
  await waitFor('the changed file', async () => (await version('greeter')) === 'changed');
  expect(portal.logs().match(/the limit fs\.inotify\.max_user_watches is reached/g)).toHaveLength(1);
});

test('A drop in a lower layer of an overlay is replaced and removed as any other.', async () => {
  const bundle = await fixtureBundle(await tempDir(), 'greeter', { version: '2.0.0' });
  await cp(bundle, join(root, '.new'), { recursive: true });
  await rm(join(root, 'greeter'), { recursive: true });
  await rename(join(root, '.new'), join(root, 'greeter'));
  await untilState(portal, GREETER, 'running', '2.0.0');
  await rm(join(root, 'greeter'), { recursive: true });
  await untilGone(portal, GREETER);
});

test('A volume that Kubernetes swaps as a whole is followed from version to version.', async () => {
  const folder = await tempDir();
  for (const next of ['3.0.0', '4.0.0', '5.0.0']) {
    const bundle = await fixtureBundle(folder, 'greeter', { version: next });
    await packBundle(bundle, join(folder, 'greeter.tgz'));
    await mountFiles(root, { 'greeter.tgz': await readFile(join(folder, 'greeter.tgz')) });
    await untilState(portal, GREETER, 'running', next);
    expect(await version('greeter')).toBe(next);
  }
});
