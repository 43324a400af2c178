import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { readManifest, readPackageJson } from '@stagedoor/bundle';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CodeCache } from '../../../loader/src/compile/codeCache';
import { startBackend, type RunningBackend } from '../../support/backend';
import { fixtureBundle } from '../../support/bundles';
import { GREETER, drop, greeterVersion } from '../../support/greeter';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';

/** Comments would not do: what is compiled are functions. */
const MUCH_CODE = Array.from({ length: 60_000 }, (_, i) => `exports.f${i} = (a) => a + ${i};`).join('\n');

/** Greeter as a large bundle. */
async function dropLarge(backend: { root: string }, version: string): Promise<void> {
  const files = { 'dist/index.cjs.js': `${MUCH_CODE}\nmodule.exports = require('../index.cjs');` };
  await drop(backend, 'greeter', { version, files, packageJson: { main: 'dist/index.cjs.js' } });
}

/** Files of compiled code, relative to the state directory. */
async function compiled({ stateDir }: RunningBackend): Promise<string[]> {
  const entries = await readdir(join(stateDir, 'compiled'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe('The code of a large bundle', () => {
  test('is compiled before it is loaded, kept as long as the staged copy, and used at the next start', async () => {
    const home = await tempDir();
    const backend = await startBackend({ home });
    await dropLarge(backend, '1.0.0');
    await backend.until(GREETER, 'running');
    const [file, ...others] = await compiled(backend);
    expect(others).toEqual([]);
    const { mtimeMs } = await stat(file!);
    await backend.stop();

    const again = await startBackend({ home });
    await again.until(GREETER, 'running');
    expect(await greeterVersion(again)).toBe('1.0.0');
    expect((await stat(file!)).mtimeMs).toBe(mtimeMs);
  });

  test('loads all the same when what was compiled is damaged', async () => {
    const home = await tempDir();
    const backend = await startBackend({ home });
    await dropLarge(backend, '1.0.0');
    await backend.until(GREETER, 'running');
    const [file] = await compiled(backend);
    await backend.stop();

    const content = await readFile(file!);
    content.fill(0, content.length >> 1);
    await writeFile(file!, content);
    const again = await startBackend({ home });
    await again.until(GREETER, 'running');
    expect(await greeterVersion(again)).toBe('1.0.0');
  });

  test('is not compiled ahead while it is small', async () => {
    const backend = await startBackend();
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    expect(await compiled(backend)).toEqual([]);
  });
});

describe('The code of a bundle of middling size', () => {
  const CODE = Array.from({ length: 10_000 }, (_, i) => `exports.f${i} = (a) => a + ${i};`).join('\n');

  /** Loads a bundle with that code, as a portal does at its start. */
  async function load(cacheDir: string, code: string): Promise<{ exported: unknown; cache: CodeCache }> {
    const dir = await fixtureBundle(await tempDir(), 'greeter', { files: { 'dist/index.cjs.js': code } });
    const [packageJson, manifest] = await Promise.all([readPackageJson(dir), readManifest(dir)]);
    const bundle = {
      name: GREETER,
      version: '1.0.0',
      digest: manifest!.digest,
      dir,
      packageJson,
      manifest,
      entry: 'greeter',
    };
    const cache = new CodeCache(cacheDir, { keepAfterMs: 20 });
    onTestFinished(() => cache.close());
    const prepared = await cache.prepare(bundle, { serving: false });
    try {
      return { exported: createRequire(dir + '/')('./dist/index.cjs.js'), cache };
    } finally {
      prepared.dispose();
    }
  }

  /** Files below a folder. */
  const filesIn = async (dir: string): Promise<string[]> =>
    (await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));

  test('is kept as compiled some time after it was loaded', async () => {
    const dir = join(await tempDir(), 'compiled');
    const { exported } = await load(dir, CODE);
    expect((exported as { f7(a: number): number }).f7(1)).toBe(8);
    await waitFor('what was compiled', async () => (await filesIn(dir)).length === 1);
    expect((await filesIn(dir))[0]).toContain(`.${process.version}`);
  });

  test('is kept apart from that of a file whose path differs in punctuation only', async () => {
    const cacheDir = join(await tempDir(), 'compiled');
    const files = { 'dist/a/b.js': CODE, 'dist/a-b.js': CODE.replaceAll('a + ', 'a - ') };
    const dir = await fixtureBundle(await tempDir(), 'greeter', { files });
    const [packageJson, manifest] = await Promise.all([readPackageJson(dir), readManifest(dir)]);
    const { digest } = manifest!;
    const bundle = { name: GREETER, version: '1.0.0', digest, dir, packageJson, manifest, entry: 'greeter' };
    for (const run of ['first', 'second']) {
      const cache = new CodeCache(cacheDir, { keepAfterMs: 20 });
      onTestFinished(() => cache.close());
      const prepared = await cache.prepare(bundle, { serving: false });
      const require = createRequire(`${dir}/`);
      const answers = Object.keys(files).map((path) => {
        delete require.cache[join(dir, path)];
        return (require(`./${path}`) as { f7(a: number): number }).f7(10);
      });
      prepared.dispose();
      expect([run, ...answers]).toEqual([run, 17, 3]);
      await waitFor('what was compiled', async () => (await filesIn(cacheDir)).length === 2);
    }
  });

  test('is not kept once the portal has stopped', async () => {
    const dir = join(await tempDir(), 'compiled');
    (await load(dir, CODE)).cache.close();
    const other = join(await tempDir(), 'compiled');
    await load(other, CODE);
    await waitFor('what was compiled later', async () => (await filesIn(other)).length === 1);
    expect(await filesIn(dir)).toEqual([]);
  });

  test('is told faulty as Node.js tells it', async () => {
    const dir = join(await tempDir(), 'compiled');
    await expect(load(dir, `${CODE}\nconst = 1;`)).rejects.toThrow(SyntaxError);
    await expect(load(dir, `${CODE}\nconst = 1;`)).rejects.toMatchObject({
      stack: expect.stringMatching(/^\/.*index\.cjs\.js:10001\n/) as string,
    });
  });
});
