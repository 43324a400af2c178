import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from '../support/repository';

const page = readFileSync(join(repository, 'docs/architecture.md'), 'utf8');

/** Code in one column (from 0) of all tables whose heading there is `heading`. */
function column(heading: string, index = 0): string[] {
  const tables = page.split(/\n\n+/).filter((block) => cells(block.split('\n')[0] ?? '')[index] === heading);
  const rows = tables.flatMap((table) => table.split('\n').slice(2));
  return rows.flatMap((row) => [...(cells(row)[index] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1]!));
}

const isFile = (name: string | Buffer) => /\.\w+$/.test(String(name));

const cells = (row: string) =>
  row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

function entries(dir: string, kind: 'folders' | 'files'): string[] {
  const found = readdirSync(join(repository, dir), { withFileTypes: true });
  // A folder that Git does not know may be left over, without files.
  const wanted = found.filter((entry) =>
    kind === 'folders'
      ? entry.isDirectory() && readdirSync(join(repository, dir, entry.name), { recursive: true }).some(isFile)
      : entry.isFile(),
  );
  return wanted.map(({ name }) => (kind === 'folders' ? `${name}/` : name)).sort();
}

test('the architecture page gives the duty of every folder of the loader, and of no other', () => {
  const listed = [...column('folder of `loader/src`'), ...column('folder of `loader/src`', 1)];
  // The file that lists the stages stands above their table.
  expect([...new Set([...listed, 'pipeline/'])].sort()).toEqual(entries('loader/src', 'folders'));
});

test('the architecture page gives the duty of every folder of the export, and of no other', () => {
  expect(column('folder of `cli/src/export`').sort()).toEqual(entries('cli/src/export', 'folders'));
});

test('the architecture page lists every process-wide patch of the loader', () => {
  const shared = ['patchProperty.ts', 'sharedPatch.ts', 'resolution.ts'];
  for (const name of shared) expect(page).toContain(`\`${name}\``);
  expect([...column('patch'), ...shared].sort()).toEqual(entries('loader/src/patches', 'files'));
});

test('the files that the architecture page names exist', () => {
  const files = [...page.matchAll(/`((?:bundle|cli|loader|portal)\/[\w./-]+\.ts)`/g)].map((match) => match[1]!);
  expect(files).not.toEqual([]);
  for (const file of files) expect(() => readFileSync(join(repository, file)), file).not.toThrow();
});
