import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Drop } from '../../../loader/src/scan/drop';
import { snapshot } from '../../../loader/src/scan/snapshot';
import type { Shelves } from '../../../loader/src/stage/shelf';
import { stageDrop } from '../../../loader/src/stage/stageDrop';
import { StagedIndex } from '../../../loader/src/stage/stagedIndex';
import { fixtureBundle } from '../../support/bundles';
import { tempDir } from '../../support/tempDir';

const ENTRY = 'greeter';

/** A drop that is staged and noted, and the file that tells so at the next start. */
async function staged() {
  const home = await tempDir();
  const shelves: Shelves = {
    staged: join(home, 'state/staged'),
    stagedForeign: join(home, 'state/foreign/staged'),
    compiled: join(home, 'state/compiled'),
    temporary: join(home, 'state/tmp'),
  };
  await mkdir(shelves.temporary, { recursive: true });
  const drop: Drop = { entry: ENTRY, path: await fixtureBundle(home, 'greeter'), kind: 'folder' };
  const bundle = await stageDrop(drop, shelves);
  const index = await StagedIndex.open(shelves);
  const seen = (await snapshot(drop)).text;
  await index.note(ENTRY, seen, bundle.dir);
  await index.write();
  const indexFile = join(home, 'state/staged.json');
  return { shelves, drop, bundle, seen, indexFile, reopen: () => StagedIndex.open(shelves) };
}

describe('After a restart, what was staged of a drop', () => {
  test('is used again while the drop is what it was', async () => {
    const { bundle, seen, reopen } = await staged();
    const index = await reopen();
    expect(index.seen(ENTRY)).toBe(seen);
    expect(await index.copyOf(ENTRY, seen)).toEqual(bundle);
  });

  test('is not used for another content of the drop, even of the same size and time', async () => {
    const { drop, seen, reopen } = await staged();
    const file = join(drop.path, 'index.cjs');
    const text = await readFile(file, 'utf8');
    const then = new Date(Date.now() - 60_000);
    await utimes(file, then, then);
    const before = (await snapshot(drop)).text;
    await writeFile(file, text.replace(/.$/s, ' '));
    await utimes(file, then, then);
    const now = (await snapshot(drop)).text;
    expect(now).not.toBe(before);
    expect(now).not.toBe(seen);
    expect(await (await reopen()).copyOf(ENTRY, now)).toBeUndefined();
  });

  test('is not used once its own files were touched', async () => {
    const { bundle, seen, reopen } = await staged();
    await writeFile(join(bundle.dir, 'index.cjs'), 'module.exports = {};');
    expect(await (await reopen()).copyOf(ENTRY, seen)).toBeUndefined();
  });

  test('is used when the files of the copy are other ones of the same content', async () => {
    const { bundle, seen, reopen } = await staged();
    const file = join(bundle.dir, 'index.cjs');
    await writeFile(file, await readFile(file));
    expect(await (await reopen()).copyOf(ENTRY, seen)).toEqual(bundle);
  });

  test.each([
    ['damaged', () => '{"version":'],
    ['of another version', (text: string) => text.replace(/"version":"[^"]*"/, '"version":"0.0.0"')],
    ['of another shape', () => '{"version":"0.1.0","entries":[["greeter",{"seen":1}],[2]]}'],
    ['leading out', (text: string) => text.replace(/"dir":"[^"]*"/, '"dir":"/etc"')],
  ])('is staged anew when the index is %s', async (_, change) => {
    const { seen, indexFile, reopen } = await staged();
    await writeFile(indexFile, change(await readFile(indexFile, 'utf8')));
    expect(await (await reopen()).copyOf(ENTRY, seen)).toBeUndefined();
  });
});
