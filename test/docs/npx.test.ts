import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from '../support/repository';

/** The next steps of `stagedoor create`, in a workspace that has just installed @stagedoor/cli. */
const INSTALLED = new Set(['cli/src/report/create.ts']);

/** `npx stagedoor`, with options of npx in between; not `npx stagedoor-portal`, which this repository alone has. */
const BARE = /\bnpx(?: +-\S+(?: +"[^"]*")?)* +(?:stagedoor|export-dynamic)(?![\w/-])/;

test('nobody is told to run `npx stagedoor` who may not have it installed: anybody could register that name', () => {
  const patterns = [
    '*.md',
    'cli/src/**',
    'cli/templates/**',
    'bundle/src/**',
    'loader/src/**',
    'portal/**',
    'scripts/**',
  ];
  const list = execFileSync('git', ['ls-files', '-z', ...patterns], { cwd: repository, encoding: 'utf8' });
  const files = list.split('\0').filter((file) => file !== '' && !INSTALLED.has(file) && !/\.(png|ico)$/.test(file));
  expect(files).toEqual(expect.arrayContaining(['README.md', 'cli/README.md', 'docs/how-to/sign.md']));
  const found = files.flatMap((file) => {
    const lines = readFileSync(join(repository, file), 'utf8').split('\n');
    return lines.flatMap((line, index) => (BARE.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : []));
  });
  expect(found).toEqual([]);
});

test.each([
  ['npx stagedoor export', true],
  ['npx --prefix "$OLDPWD" stagedoor install plugins', true],
  ['`npx export-dynamic`', true],
  ['npx @stagedoor/cli export', false],
  ['npx --prefix "$OLDPWD" @stagedoor/cli install plugins', false],
  ['npx stagedoor-portal --help', false],
])('%s is a bare name: %s', (line, isBare) => {
  expect(BARE.test(line)).toBe(isBare);
});
