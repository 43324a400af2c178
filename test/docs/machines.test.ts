import { expect, test } from 'vitest';
import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { CASES } from '../../scripts/conditions/cases.mjs';
import { repository } from '../support/repository';

test('The page on machines lists every case that `npm run conditions` tries, with what it expects', async () => {
  const text = await readFile(join(repository, 'docs/reference/machines.md'), 'utf8');
  const rows = text.split('\n').flatMap((line) => {
    const cells = line.startsWith('| ') ? line.slice(2, -2).split(' | ') : [];
    return cells.length === 3 ? [cells.map((cell) => cell.trim())] : [];
  });
  const expected = CASES.map((tried) => [tried.machine, tried.start ?? 'works', tried.test ?? 'works']);
  expect(rows.slice(1).filter(([cell]) => !/^-+$/.test(cell!))).toEqual(expected);
});
