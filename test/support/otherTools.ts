import { findPackageDir } from '@stagedoor/bundle';
import { realpathSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { repository } from './repository';

type Json = Record<string, unknown> & { name: string; version: string; dependencies?: Record<string, string> };

const fromTest = join(repository, 'test');
/** By its real path, as packages are found: it may be a link, or lie below one. */
const nodeModules = realpathSync(join(repository, 'node_modules'));

/**
 * Makes `dir` what `rhdh-cli plugin export` makes of a published package: peers instead of `@backstage/*` dependencies, all
 * others hoisted into `node_modules`.
 */
export async function rhdhExport(dir: string, name: string): Promise<void> {
  const source = installedDir(name);
  const json = await readJson(source);
  await hoist(dir, source, isPrivate);
  await copyPackage(source, dir);
  await writeJson(dir, { ...json, ...RHDH_FIELDS, ...split(json), name: `${name}-dynamic` });
}

/**
 * Makes `dir` what `rhdh-cli plugin export --embed-package` makes of a package, called `<name>-wrapper`, that only passes
 * on the plugin in `source`: that one lies in `embedded/` and, as Yarn copies it for the `file:` resolution, among the hoisted.
 */
export async function rhdhWrapper(dir: string, source: string): Promise<void> {
  const json = await readJson(source);
  const { name, version } = json;
  const place = `embedded/${name.replace('@', '').replace('/', '-')}`;
  await hoist(dir, source, isPrivate);
  for (const copy of [place, `node_modules/${name}`]) {
    await copyPackage(source, join(dir, copy));
    await writeJson(join(dir, copy), { ...json, ...split(json), private: true, version: `${version}+embedded` });
  }
  await mkdir(join(dir, 'dist'));
  await writeFile(
    join(dir, 'dist/index.cjs.js'),
    `'use strict';\nObject.defineProperty(exports, '__esModule', { value: true });\n` +
      `var plugin = require('${name}');\nexports.default = plugin.default;\n`,
  );
  await writeJson(dir, {
    ...RHDH_FIELDS,
    name: `${basename(name)}-wrapper-dynamic`,
    version: '1.0.0',
    main: './dist/index.cjs.js',
    files: ['dist'],
    backstage: json.backstage,
    dependencies: { [name]: version },
    peerDependencies: split(json).peerDependencies,
    resolutions: { ...RHDH_FIELDS.resolutions, [name]: `file:./${place}` },
  });
}

/**
 * Makes `dir` what `backstage-cli package bundle` makes of a published package: its own name, everything it depends
 * on hoisted, `@backstage/*` included.
 */
export async function backstageCliBundle(dir: string, name: string): Promise<void> {
  const source = installedDir(name);
  await hoist(dir, source, () => true);
  await copyPackage(source, dir);
  await writeFile(join(dir, '.bundle-output'), '');
  await writeFile(join(dir, '.yarnrc.yml'), 'nodeLinker: node-modules\n');
  await writeFile(join(dir, 'yarn.lock'), '');
  await writeJson(dir, {
    ...(await readJson(source)),
    scripts: {},
    devDependencies: {},
    bundleDependencies: true,
    resolutions: {},
  });
}

/** What rhdh-cli writes into every package.json. */
const RHDH_FIELDS = {
  scripts: {},
  devDependencies: {},
  bundleDependencies: true,
  overrides: { '@aws-sdk/util-utf8-browser': { '@smithy/util-utf8': '^2.0.0' } },
  resolutions: { '@aws-sdk/util-utf8-browser': 'npm:@smithy/util-utf8@~2' },
};

function split({ dependencies = {} }: Json): Pick<Json, 'dependencies'> & { peerDependencies: Record<string, string> } {
  const pick = (backstage: boolean) =>
    Object.fromEntries(Object.entries(dependencies).filter(([name]) => name.startsWith('@backstage/') === backstage));
  return { dependencies: pick(false), peerDependencies: pick(true) };
}

/** Copies all that a package depends on, as far as `takes` goes, to where it lies in the repository's `node_modules`. */
async function hoist(dir: string, source: string, takes: (dependency: string) => boolean): Promise<void> {
  const seen = new Set<string>();
  const visit = async (from: string): Promise<void> => {
    for (const name of Object.keys((await readJson(from)).dependencies ?? {})) {
      const found = takes(name) && !name.startsWith('@types/') ? findPackageDir(name, from) : undefined;
      if (!found || seen.has(found)) continue;
      seen.add(found);
      const place = found.startsWith(`${nodeModules}/`) ? relative(nodeModules, found) : name;
      await copyPackage(found, join(dir, 'node_modules', place));
      await visit(found);
    }
  };
  await visit(source);
}

/** Types and source maps are left out: nothing runs them, and they are most of the files. */
async function copyPackage(from: string, to: string): Promise<void> {
  const inside = (path: string) => relative(from, path);
  await cp(from, to, {
    recursive: true,
    filter: (path) => !inside(path).split('/').includes('node_modules') && !/\.(d\.[cm]?ts|map)$/.test(path),
  });
}

function isPrivate(dependency: string): boolean {
  return !dependency.startsWith('@backstage/');
}

/** Where a development package of the suite is installed. */
export function installedDir(name: string): string {
  const dir = findPackageDir(name, fromTest);
  if (!dir) throw new Error(`${name} is not installed`);
  return dir;
}

async function readJson(dir: string): Promise<Json> {
  return JSON.parse(await readFile(join(dir, 'package.json'), 'utf8')) as Json;
}

async function writeJson(dir: string, json: Json): Promise<void> {
  await writeFile(join(dir, 'package.json'), JSON.stringify(json, null, 2));
}
