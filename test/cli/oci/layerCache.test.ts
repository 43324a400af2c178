import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LayerCache } from '../../../cli/src/oci/layerCache';
import type { Descriptor } from '../../../cli/src/oci/schemas';
import { tempDir } from '../../support/tempDir';

/** A layer with that content, and a file that holds it. */
async function layerOf(content: string): Promise<{ layer: Descriptor; file: string; name: string }> {
  const name = createHash('sha256').update(content).digest('hex');
  const file = join(await tempDir(), 'layer');
  await writeFile(file, content);
  return { layer: { mediaType: 'x', digest: `sha256:${name}`, size: content.length }, file, name };
}

/** What a cache gives for a layer; undefined, and no file, for nothing. */
async function taken(cache: LayerCache, layer: Descriptor): Promise<string | undefined> {
  const dir = await tempDir();
  const found = await cache.copyTo(layer, join(dir, 'copy'));
  if (found) return await readFile(join(dir, 'copy'), 'utf8');
  expect(await readdir(dir)).toEqual([]);
  return undefined;
}

describe('A cache of layers', () => {
  test('gives what was put in, by digest, also to who opens it later', async () => {
    const dir = join(await tempDir(), 'not/there/yet');
    const { layer, file } = await layerOf('one');
    expect(await taken(new LayerCache(dir), layer)).toBeUndefined();
    await new LayerCache(dir).add(layer, file);
    expect(await taken(new LayerCache(dir), layer)).toBe('one');
    expect(await taken(new LayerCache(dir), (await layerOf('two')).layer)).toBeUndefined();
  });

  test('gives nothing that has another digest or size than it should, and forgets it', async () => {
    const dir = await tempDir();
    const cache = new LayerCache(dir);
    const { layer, file, name } = await layerOf('one');
    for (const content of ['owe', 'one more', '']) {
      await cache.add(layer, file);
      await writeFile(join(dir, name), content);
      expect(await taken(cache, layer)).toBeUndefined();
      expect(await readdir(dir)).toEqual([]);
    }
  });

  test('drops what was not used for longest where there is too much, and nothing that is not its own', async () => {
    const dir = await tempDir();
    const cache = new LayerCache(dir, 25);
    await writeFile(join(dir, 'letter.txt'), 'a letter that is longer than what may be kept here');
    const [a, b, c] = [await layerOf('a'.repeat(10)), await layerOf('b'.repeat(10)), await layerOf('c'.repeat(10))];
    for (const [age, { layer, file, name }] of [[100, a] as const, [50, b] as const]) {
      await cache.add(layer, file);
      await utimes(join(dir, name), Date.now() / 1000 - age, Date.now() / 1000 - age);
    }
    expect(await taken(cache, a.layer)).toBe('a'.repeat(10));
    await cache.add(c.layer, c.file);
    expect((await readdir(dir)).sort()).toEqual([a.name, c.name, 'letter.txt'].sort());
    const large = await layerOf('d'.repeat(26));
    await cache.add(large.layer, large.file);
    expect(await taken(cache, large.layer)).toBeUndefined();
    expect(await taken(cache, c.layer)).toBe('c'.repeat(10));
  });

  test('that cannot be read or written is none', async () => {
    const dir = await tempDir();
    const { layer, file, name } = await layerOf('one');
    await writeFile(join(dir, 'file'), '');
    const cache = new LayerCache(join(dir, 'file/below'));
    await cache.add(layer, file);
    expect(await taken(cache, layer)).toBeUndefined();
    await mkdir(join(dir, 'folder', name), { recursive: true });
    const blocked = new LayerCache(join(dir, 'folder'));
    await blocked.add(layer, file);
    expect(await taken(blocked, layer)).toBeUndefined();
    expect(await readdir(join(dir, 'folder'))).toEqual([name]);
    await mkdir(join(dir, 'pipe'));
    execFileSync('mkfifo', [join(dir, 'pipe', name)]);
    expect(await taken(new LayerCache(join(dir, 'pipe')), layer)).toBeUndefined();
  });
});
