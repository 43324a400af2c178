import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { firstColumnCode, linkTargets, markdownPages } from '../support/markdown';
import { repository } from '../support/repository';

interface PackageJson {
  workspaces?: string[];
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

type Field = 'dependencies' | 'devDependencies' | 'peerDependencies';

const readmes = [
  '.',
  'bundle',
  'cli',
  'loader',
  'plugin-console',
  'portal',
  'charts',
  'charts/stagedoor-portal',
  'bench',
  'docs',
  'docs/decisions',
  'examples/hello-dynamic-backend',
  'examples/hello-dynamic-frontend',
  'test',
].map((dir) => join(repository, dir, 'README.md'));

/** Pages for readers, which others would find by a broken link. */
const pages = markdownPages('cli/templates/**');

test.each(pages)('%s links only to files and headings that are there', async (page) => {
  const file = join(repository, page);
  for (const target of await linkTargets(file)) {
    if (/^https:/.test(target)) continue;
    const [path = '', anchor] = target.split('#');
    const linked = path === '' ? file : join(dirname(file), path);
    expect(existsSync(linked), target).toBe(true);
    if (anchor) expect(anchorsOf(linked), target).toContain(anchor);
  }
});

/** A file of this repository in code; not what is built or written at run time. */
const FILE =
  /`((?:\.ci|\.github|bench|bundle|charts|cli|docs|examples|loader|plugin-console|portal|scripts|test)\/[\w./-]+\.[a-z]{2,4})`/g;

// Decision records tell of the time when they were made; architecture.test.ts is about the page on the architecture.
const current = pages.filter((page) => !/^docs\/(decisions\/|architecture)/.test(page));

test.each(current)('%s names only files that are there', async (page) => {
  const text = readFileSync(join(repository, page), 'utf8');
  const named = [...text.matchAll(FILE)]
    .map((match) => match[1]!)
    .filter((name) => !/\/(dist|node_modules)\//.test(name));
  expect(named.filter((name) => !existsSync(join(repository, name)))).toEqual([]);
});

test('the pages that are checked include every kind of them', () => {
  const kinds = [
    'README.md',
    'CONTRIBUTING.md',
    'docs/errors.md',
    'docs/how-to/sign.md',
    'docs/decisions/001-root-services-container.md',
  ];
  expect(pages).toEqual(expect.arrayContaining([...kinds, '.changeset/README.md', '.github/pull_request_template.md']));
});

describe.each(readmes.map((file) => [relative(repository, file), file]))('%s', (_, file) => {
  test('calls npm scripts only that are there', () => {
    const own = join(dirname(file), 'package.json');
    const packages = [join(repository, 'package.json'), ...(existsSync(own) ? [own] : [])];
    packages.push(join(repository, 'examples/hello-dynamic-backend/package.json'));
    const scripts = packages.flatMap((path) =>
      Object.keys((JSON.parse(readFileSync(path, 'utf8')) as { scripts?: object }).scripts ?? {}),
    );
    const called = [...readFileSync(file, 'utf8').matchAll(/npm run ([\w-]+)/g)].map((match) => match[1]);
    expect(scripts).toEqual(expect.arrayContaining(called));
  });
});

/** What the table below `## Dependencies` of a file lists: fields of the package.json files of these folders. */
const TABLES: Array<[file: string, dirs: string[], fields: Field[]]> = [
  ['CONTRIBUTING.md', ['.'], ['dependencies', 'devDependencies']],
  ['bundle/README.md', ['bundle'], ['dependencies']],
  ['cli/README.md', ['cli'], ['dependencies']],
  ['loader/README.md', ['loader'], ['dependencies', 'peerDependencies']],
  ['plugin-console/README.md', ['plugin-console'], ['dependencies', 'peerDependencies']],
  ['portal/README.md', ['portal/app', 'portal/backend'], ['dependencies']],
  ['examples/hello-dynamic-backend/README.md', ['examples/hello-dynamic-backend'], ['dependencies', 'devDependencies']],
  [
    'examples/hello-dynamic-frontend/README.md',
    ['examples/hello-dynamic-frontend'],
    ['dependencies', 'devDependencies'],
  ],
  ['test/README.md', ['test'], ['devDependencies']],
];

describe('The dependency tables', () => {
  test.each(TABLES)(
    '%s gives a reason for every package that is depended on, and for no other',
    async (file, dirs, fields) => {
      const packages = dirs.map(readPackage);
      const names = new Set(packages.flatMap((pkg) => fields.flatMap((field) => Object.keys(pkg[field] ?? {}))));
      const listed = await firstColumnCode(join(repository, file), 'Dependencies');
      // The packages of one table need no reason for each other where the page is about all of them.
      const expected = [...names].filter((name) => listed.includes(name) || !name.startsWith('@stagedoor/'));
      expect([...listed].sort()).toEqual(expected.sort());
    },
  );

  test('cover every workspace, whose other development dependencies are types and the peers', () => {
    const { workspaces = [] } = readPackage('.');
    expect([...new Set(TABLES.flatMap(([, dirs]) => dirs))].sort()).toEqual(['.', ...workspaces].sort());
    for (const [file, dirs, fields] of TABLES) {
      if (fields.includes('devDependencies')) continue;
      const others = dirs
        .map(readPackage)
        .flatMap(({ devDependencies = {}, peerDependencies = {} }) =>
          Object.keys(devDependencies).filter((name) => !name.startsWith('@types/') && !(name in peerDependencies)),
        );
      expect(others, file).toEqual([]);
    }
  });
});

function readPackage(dir: string): PackageJson {
  return JSON.parse(readFileSync(join(repository, dir, 'package.json'), 'utf8')) as PackageJson;
}

/** As GitHub makes them. */
function anchorsOf(file: string): string[] {
  const headings = [...readFileSync(file, 'utf8').matchAll(/^#{1,6} (.*)$/gm)].map((match) => match[1] ?? '');
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/ /g, '-'),
  );
}

test('Every decision is listed with the title, status and date that its record states, and amendments link both ways', () => {
  const dir = join(repository, 'docs/decisions');
  const list = readFileSync(join(dir, 'README.md'), 'utf8').replaceAll(/ +/g, ' ');
  const records = readdirSync(dir).filter((name) => /^\d{3}-/.test(name));
  expect(records).not.toEqual([]);
  for (const name of records) {
    const number = name.slice(0, 3);
    const text = readFileSync(join(dir, name), 'utf8').replaceAll(/\n(?=\S)/g, ' ');
    const [, title, date, more = ''] =
      /^# \d{3}: (.+) *\n+ ?\*\*Status:\*\* accepted, (\d{4}-\d\d-\d\d)\.(.*)/.exec(text) ?? [];
    expect(title, name).toBeDefined();
    const amendments = /Amended by ((?:(?!Amends).)*)/.exec(more)?.[1]?.match(/\[\d{3}\]\(\S+?\)/g) ?? [];
    const status = ['accepted', ...(amendments.length > 0 ? [`amended by ${amendments.join(', ')}`] : [])].join('; ');
    expect(list).toContain(`| [${number}](${name}) | ${title} | ${status} | ${date} |`);
    for (const amendment of amendments) {
      const file = /\((\S+)\)/.exec(amendment)![1]!;
      expect(readFileSync(join(dir, file), 'utf8'), file).toContain(`(${name})`);
    }
  }
});
