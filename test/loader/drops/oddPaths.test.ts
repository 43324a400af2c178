import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { permissionFlags } from '../../../loader/src/process/permissions';
import { SocketDirectory } from '../../../loader/src/process/socketDirectory';
import { startBackend, type RunningBackend } from '../../support/backend';
import { dropArchive, dropFolder, fixtureBundle } from '../../support/bundles';
import { GREETER, greeterVersion } from '../../support/greeter';
import { oddFolder } from '../../support/oddFolder';
import { tempDir } from '../../support/tempDir';

const STORES_ROWS = 'backstage-plugin-stores-rows-backend-dynamic';

/** Lets the running test, and what it starts, have its temporary files elsewhere. */
function useTemporary(dir: string): void {
  const earlier = process.env.TMPDIR;
  process.env.TMPDIR = dir;
  onTestFinished(() => {
    if (earlier === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = earlier;
  });
}

async function rows(backend: RunningBackend): Promise<unknown> {
  return (await backend.get('/api/stores-rows/rows')).json();
}

describe('A portal whose folders have odd names and lie behind a link', () => {
  test('loads a folder, and upgrades it with an archive', async () => {
    const home = await oddFolder();
    const bundles = await tempDir();
    useTemporary(await oddFolder());
    const backend = await startBackend({ home });
    await dropFolder(await fixtureBundle(bundles, 'greeter'), backend.root, 'greeter #1 [x]');
    await backend.until(GREETER, 'running', '1.0.0');
    expect(await greeterVersion(backend)).toBe('1.0.0');
    const newer = await fixtureBundle(bundles, 'greeter', { version: '1.1.0' });
    await dropArchive(newer, backend.root, 'greeter %20 {y}.tgz');
    await backend.until(GREETER, 'running', '1.1.0');
    expect(await greeterVersion(backend)).toBe('1.1.0');
  });

  test.each([false, true])(
    'runs a plugin with migrations, and ES modules, in processes of their own; with the permission model: %s',
    async (permissionModel) => {
      const home = await oddFolder();
      useTemporary(await oddFolder());
      const backend = await startBackend({
        home,
        backend: { database: { client: 'better-sqlite3', connection: { directory: join(home, 'da ta') } } },
        dynamicPlugins: { isolation: 'process', process: { permissionModel } },
      });
      const bundles = await tempDir();
      await dropFolder(await fixtureBundle(bundles, 'stores-rows', { sealed: false }), backend.root, 'rows #1 [x]');
      await dropFolder(
        await fixtureBundle(bundles, 'es-modules', { sealed: false }),
        backend.root,
        "it's an ES module?",
      );
      await backend.until('es-modules-dynamic', 'running');
      const status = await backend.until(STORES_ROWS, 'running');
      expect(status!.process?.pid).toEqual(expect.any(Number));
      expect(await rows(backend)).toEqual({ rows: [expect.any(String)] });
    },
  );

  test('notices what is dropped into a root directory that is itself a link', async () => {
    const home = await tempDir();
    await mkdir(join(home, 'elsewhere'));
    await symlink('elsewhere', join(home, 'root'));
    const backend = await startBackend({ home });
    await dropFolder(await fixtureBundle(await tempDir(), 'greeter'), backend.root, 'greeter');
    await backend.until(GREETER, 'running', '1.0.0');
  });
});

describe('Where paths cannot be used as they are', () => {
  test('sockets lie in another temporary folder when TMPDIR is too long for their addresses', async () => {
    const long = join(await tempDir(), 'd'.repeat(120));
    await mkdir(long);
    useTemporary(long);
    const sockets = new SocketDirectory(long);
    onTestFinished(() => sockets.dispose());
    expect(Buffer.byteLength(sockets.next())).toBeLessThan(104);
    await writeFile(sockets.next(), '');
  });

  test('a path that the permission model would take for many is refused', () => {
    const needs = { read: ['/srv/a*b'], write: [], addons: false };
    expect(() => permissionFlags(needs)).toThrow(
      expect.objectContaining({ code: 'SETTING_INVALID', hint: expect.stringContaining('permissionModel') }),
    );
  });
});
