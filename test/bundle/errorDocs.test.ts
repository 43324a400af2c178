import { codes } from '@stagedoor/bundle';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from '../support/repository';

/** The rows of the table in docs/errors.md: code, meaning, remedy. */
async function documented(): Promise<string[][]> {
  const text = await readFile(join(repository, 'docs/errors.md'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim().replaceAll('\\|', '|')));
}

test('docs/errors.md has one row per code, in the order of the list, with its meaning and remedy', async () => {
  const expected = Object.entries(codes).map(([code, { meaning, hint }]) => [`\`${code}\``, meaning, hint]);
  expect(await documented()).toEqual(expected);
});
