import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { expect, test } from 'vitest';
import { repository } from '../support/repository';

const ALLOWED = new Set([
  // The next steps of `stagedoor create`, in a workspace that has just installed @stagedoor/cli.
  'cli/src/report/create.ts',
  // Says why.
  'docs/decisions/092-three-names-for-one-command-line.md',
]);

/** `npx stagedoor`, with options of npx in between; not `npx stagedoor-portal`, which this repository alone has. */
const BARE = /\bnpx(?: +-\S+(?: +"[^"]*")?)* +(?:stagedoor|export-dynamic)(?![\w/-])/;

test('nobody is told to run `npx stagedoor` who may not have it installed: anybody could register that name', () => {
  const places = ['*.md', 'bench/**', 'bundle/**', 'charts/**', 'cli/**', 'docs/**', 'examples/**', 'loader/**'];
  const found = globSync([...places, 'portal/**', 'scripts/**'], {
    cwd: repository,
    ignore: ['**/node_modules/**', '**/dist/**', '**/dist-dynamic/**', '**/*.{png,ico,tgz,sqlite}', 'portal/data/**'],
  });
  const files = found.filter((file) => !ALLOWED.has(file));
  expect(files).toEqual(expect.arrayContaining(['README.md', 'cli/README.md', 'docs/how-to/sign.md']));
  const bare = files.flatMap((file) => {
    const lines = readFileSync(join(repository, file), 'utf8').split('\n');
    return lines.flatMap((line, index) => (BARE.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : []));
  });
  expect(bare).toEqual([]);
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
