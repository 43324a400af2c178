import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runProcess } from '../../../support/childProcess';
import { exported, fixturePackage } from '../exportSupport';

/** What the module of the fixture exports, as the bundle gives it. */
interface Place {
  greeting: string;
  places: string[];
  stack: string;
  texts: Record<string, unknown>;
}

async function placeIn(path: string): Promise<Place> {
  const script = `const { greeting, places, fail, texts } = require(process.argv[1]);
    console.log(JSON.stringify({ greeting, places, stack: fail().stack, texts }));`;
  const { stdout, stderr } = await runProcess(process.execPath, ['--enable-source-maps', '-e', script, path]);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Place;
}

describe('A module that finds files of its package from where it lies', () => {
  it('finds itself where it lay in the package, and its files there', async () => {
    const { path } = await exported(await fixturePackage('finds-its-place'), '--no-start-check');
    const { greeting, places } = await placeIn(path);
    const file = join(path, 'src/deep/place.ts');
    expect(greeting).toBe('Hello\n');
    expect(places).toEqual([join(path, 'src/deep'), file, pathToFileURL(file).href]);
  });

  it('is named in a stack trace with the line and the column of its source', async () => {
    const dir = await fixturePackage('finds-its-place');
    const { path } = await exported(dir, '--no-start-check');
    const lines = (await readFile(join(dir, 'src/deep/place.ts'), 'utf8')).split('\n');
    const line = lines.findIndex((text) => text.includes('new Error'));
    const column = lines[line]!.indexOf('new Error');
    expect((await placeIn(path)).stack).toContain(`${dir}/src/deep/place.ts:${line + 1}:${column + 1}`);
  });

  it('keeps the names that an export uses itself where they are its own', async () => {
    const { path } = await exported(await fixturePackage('finds-its-place'), '--no-start-check');
    expect((await placeIn(path)).texts).toEqual({
      __bundleDir: 'property',
      __ownDir000: 'variable',
      __bundleUrl: ['__bundleDir', '__bundleFile true', '/__bundleUrl/', 'ü.__ownUrl000'],
    });
  });
});
