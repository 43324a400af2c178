import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { firstColumnCode, linkTargets } from '../support/markdown';
import { repository } from '../support/repository';

interface PackageJson {
  name: string;
  workspaces?: string[];
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

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
].map((dir) => join(repository, dir, 'README.md'));

describe.each(readmes.map((file) => [relative(repository, file), file]))('%s', (_, file) => {
  it('links only to files and headings that are there', async () => {
    for (const target of await linkTargets(file)) {
      if (/^https:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const linked = path === '' ? file : join(dirname(file), path);
      expect(existsSync(linked), target).toBe(true);
      if (anchor) expect(anchorsOf(linked), target).toContain(anchor);
    }
  });

  it('calls npm scripts only that are there', () => {
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

describe('The dependency table', () => {
  it('names every package that this repository depends on, and no other', async () => {
    const root = readPackage('.');
    const packages = [root, ...(root.workspaces ?? []).map(readPackage)];
    const own = new Set(packages.map((pkg) => pkg.name));
    const names = packages.flatMap((pkg) => Object.keys({ ...pkg.dependencies, ...pkg.devDependencies }));
    const external = [...new Set(names)].filter((name) => !own.has(name)).sort();
    const listed = await firstColumnCode(join(repository, 'README.md'), 'Dependencies');
    expect([...listed].sort()).toEqual(external);
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

it('Every decision is listed with the title, status and date that its record states, and amendments link both ways', () => {
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
    const amendedBy = /Amended by (\[\d{3}\]\((\S+?)\))/.exec(more);
    const status = amendedBy ? `accepted; amended by ${amendedBy[1]}` : 'accepted';
    expect(list).toContain(`| [${number}](${name}) | ${title} | ${status} | ${date} |`);
    if (amendedBy) expect(readFileSync(join(dir, amendedBy[2]!), 'utf8')).toContain(`(${name})`);
  }
});
