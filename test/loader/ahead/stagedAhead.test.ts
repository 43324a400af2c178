import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startBackend } from '../../support/backend';
import { dropFolder, fixtureBundle } from '../../support/bundles';
import { startProcess } from '../../support/childProcess';
import { freePort } from '../../support/freePort';
import { GREETER, greeterVersion } from '../../support/greeter';
import { repository } from '../../support/repository';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';

const OTHERS = ['blue-green', 'overhears', 'streams'];

/** A backend whose first start finds greeter, changed by `change`, among so many drops that a thread stages them. */
async function firstStart(change: (dir: string) => Promise<void> = async () => {}) {
  return await startBackend({
    before: async (root) => {
      for (const name of ['greeter', ...OTHERS]) {
        const bundle = await fixtureBundle(await tempDir(), name);
        if (name === 'greeter') await change(bundle);
        await dropFolder(bundle, root, name);
      }
    },
  });
}

test('At a first start, drops that a thread staged run', async () => {
  const backend = await firstStart();
  await backend.until(GREETER, 'running');
  expect(await greeterVersion(backend)).toBe('1.0.0');
});

test('What a thread could not stage is refused with its reason, as without a thread', async () => {
  const backend = await firstStart(async (dir) => {
    const file = join(dir, 'index.cjs');
    await writeFile(file, `${await readFile(file, 'utf8')}\n// Touched on the way.`);
  });
  // The name in it is unverified: it is listed by its drop.
  expect(await backend.until('greeter', 'rejected')).toMatchObject({ code: 'DIGEST_MISMATCH' });
  await backend.until('blue-green-dynamic', 'running');
});

test('A start that fails before plugins start leaves the state directory to the next', async () => {
  const home = await tempDir();
  await mkdir(join(home, 'root'));
  const before = async (root: string): Promise<void> => {
    for (const name of ['greeter', ...OTHERS]) await dropFolder(await fixtureBundle(await tempDir(), name), root, name);
  };
  const failing = startBackend({ home, before, dynamicPlugins: { operators: 'nobody' } });
  await expect(failing).rejects.toThrow();
  const backend = await startBackend({ home });
  onTestFinished(() => backend.stop());
  await backend.until(GREETER, 'running');
});

test('A drop that another bundle overwrites as it is loaded runs as it was checked, and is refused afterwards', async () => {
  const own = await readFile(join(repository, 'test/fixtures/bundles/blue-green/index.cjs'), 'utf8');
  const backend = await startBackend({
    before: async (root) => {
      const code = JSON.stringify(join(root, 'greeter/index.cjs'));
      const files = {
        'index.cjs': `require('node:fs').writeFileSync(${code}, 'throw new Error("unchecked");');\n${own}`,
      };
      // It sorts first, so its code runs while the greeter is still to be loaded.
      await dropFolder(await fixtureBundle(await tempDir(), 'blue-green', { files }), root, 'a-hostile');
      for (const name of ['greeter', 'overhears', 'streams']) {
        await dropFolder(await fixtureBundle(await tempDir(), name), root, name);
      }
    },
  });
  expect(await readFile(join(backend.root, 'greeter/index.cjs'), 'utf8')).toContain('unchecked');
  expect(await greeterVersion(backend)).toBe('1.0.0');
  expect(await backend.until(GREETER, 'rejected')).toMatchObject({ code: 'DIGEST_MISMATCH' });
  expect(await greeterVersion(backend)).toBe('1.0.0');
});

test('A first start that is killed while it stages leaves nothing that a later start would run or stumble over', async () => {
  const home = await tempDir();
  const root = join(home, 'root');
  await mkdir(root);
  const files = { 'large.bin': 'x'.repeat(16 * 1024 * 1024) };
  for (const name of ['greeter', ...OTHERS]) {
    await dropFolder(await fixtureBundle(await tempDir(), name, { files }), root, name);
  }
  const [port, file, stateDirectory] = [await freePort(), join(home, 'app-config.json'), join(home, 'state')];
  const baseUrl = `http://127.0.0.1:${port}`;
  const database = { client: 'better-sqlite3', connection: ':memory:' };
  const backendConfig = { baseUrl, listen: { host: '127.0.0.1', port }, database };
  const dynamicPlugins = { rootDirectory: root, stateDirectory };
  await writeFile(file, JSON.stringify({ app: { baseUrl }, backend: backendConfig, dynamicPlugins }));
  await writeFile(join(home, 'package.json'), JSON.stringify({ name: 'root', version: '1.0.0' }));
  const script = `require(${JSON.stringify(join(repository, 'loader'))}).createDynamicBackend().start();`;
  const killed = startProcess(process.execPath, ['-e', script, '--', '--config', file], { cwd: home });
  onTestFinished(async () => void (await killed.stop('SIGKILL')));
  const scratch = async (): Promise<string[]> => await readdir(join(stateDirectory, 'tmp')).catch(() => []);
  await waitFor('a drop to be half copied', async () => {
    if (killed.exit()) throw new Error(killed.output());
    return (await scratch()).length > 0;
  });
  await killed.stop('SIGKILL');
  const backend = await startBackend({ home });
  await backend.until(GREETER, 'running');
  expect(await greeterVersion(backend)).toBe('1.0.0');
  for (const { state } of await backend.plugins()) expect(state).toBe('running');
  expect(await scratch()).toEqual([]);
});
