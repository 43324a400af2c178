import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadOrder } from '../../../loader/src/host/modules/loadOrder';
import { tempDir } from '../../support/tempDir';

/** Modules by name, each with what it requires. */
async function orderOf(modules: Record<string, string[]>): Promise<string[]> {
  const dir = await tempDir();
  await mkdir(dir, { recursive: true });
  for (const [name, required] of Object.entries(modules)) {
    await writeFile(join(dir, `${name}.js`), required.map((other) => `require('./${other}');`).join('\n'));
  }
  const entry = join(dir, 'entry.js');
  return loadOrder(createRequire(entry), entry).map((file) => basename(file, '.js'));
}

describe('the order in which modules can be required one by one', () => {
  test('has what a module requires before it, once', async () => {
    expect(await orderOf({ entry: ['a', 'b'], a: ['c'], b: ['c', 'd'], c: [], d: [] })).toEqual([
      ...['c', 'a', 'd', 'b', 'entry'],
    ]);
  });

  test('has the first alone of those that require each other', async () => {
    expect(await orderOf({ entry: ['a', 'c'], a: ['b'], b: ['c'], c: ['a', 'd'], d: [] })).toEqual(['d', 'a', 'entry']);
  });

  test('has none of those that lead back to the file itself', async () => {
    expect(await orderOf({ entry: ['a', 'c'], a: ['b', 'entry'], b: [], c: ['a'] })).toEqual(['b', 'entry']);
  });
});
