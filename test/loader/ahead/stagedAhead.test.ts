import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startBackend } from '../../support/backend';
import { dropFolder, fixtureBundle } from '../../support/bundles';
import { GREETER, greeterVersion } from '../../support/greeter';
import { tempDir } from '../../support/tempDir';

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
