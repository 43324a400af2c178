import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startBackend, type RunningBackend } from '../support/backend';
import { GREETER, drop, greeterVersion } from '../support/greeter';
import { tempDir } from '../support/tempDir';

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
