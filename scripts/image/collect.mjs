// node scripts/image/collect.mjs <folder>: puts what the container image holds into <folder>, out of an installed and
// built checkout: portal, installer, and of node_modules what these two need to run.
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { Failure, runScript } from '../lib/failure.mjs';
import { readJson, repository } from '../lib/repository.mjs';
import { runtimeClosure } from './closure.mjs';

const ROOTS = ['portal/backend', 'cli'];

/** Beside the packages: Backstage looks for the portal's config schemas in the top package.json. */
const FILES = [
  'LICENSE',
  'NOTICE',
  'package.json',
  'portal/app-config.yaml',
  'portal/app-config.production.yaml',
  'scripts/image/probe.mjs',
];

const COMMANDS = {
  stagedoor: 'cli/bin/stagedoor.js',
  'stagedoor-portal': 'portal/backend/bin/stagedoor-portal.js',
  'stagedoor-probe': 'scripts/image/probe.mjs',
};

await runScript(() => {
  const [argument] = process.argv.slice(2);
  if (!argument) throw new Failure('No folder is given.', 'node scripts/image/collect.mjs <folder>');
  const target = resolve(argument);
  if (existsSync(target) && readdirSync(target).length > 0) {
    throw new Failure(`${target} is not empty.`, 'Give a folder that is empty, or not there yet.');
  }
  const { packages } = readJson('package-lock.json');
  const isInstalled = (path) => existsSync(join(repository, path));
  // The app's own files contain everything that browsers load.
  const isBuilt = (path) =>
    !path.includes('node_modules/') && readJson(path, 'package.json').backstage?.role === 'frontend';
  for (const path of runtimeClosure(packages, ROOTS, { isInstalled, isBuilt })) {
    if (packages[path].link) link(join(target, packages[path].resolved), join(target, path));
    else if (path.startsWith('node_modules/') || path.includes('/node_modules/')) copyPackage(path, target);
    else copyWorkspace(path, target);
  }
  for (const file of FILES) copy(file, target);
  for (const [name, file] of Object.entries(COMMANDS)) {
    chmodSync(join(target, file), 0o755);
    link(join(target, file), join(target, 'node_modules/.bin', name));
  }
  makeReadable(target);
});

/** A checkout may be readable only by its owner; the image runs as another user. */
function makeReadable(dir) {
  chmodSync(dir, 0o755);
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) makeReadable(path);
    else if (entry.isFile()) {
      const { mode } = statSync(path);
      if ((mode & 0o444) !== 0o444) chmodSync(path, mode | 0o444 | (mode & 0o100 && 0o111));
    }
  }
}

/** An installed package without those nested in it, which are packages of their own, and without source maps. */
function copyPackage(path, target) {
  const source = join(repository, path);
  const nested = join(source, 'node_modules');
  copy(path, target, (file) => file !== nested && !file.endsWith('.map'));
}

/** The published files of a package of this repository. */
function copyWorkspace(path, target) {
  const { files } = readJson(path, 'package.json');
  for (const name of ['package.json', ...files]) {
    if (!existsSync(join(repository, path, name))) {
      throw new Failure(`There is no ${join(path, name)}.`, 'Install and build first: npm run build');
    }
    copy(join(path, name), target);
  }
}

function copy(path, target, filter) {
  mkdirSync(dirname(join(target, path)), { recursive: true });
  cpSync(join(repository, path), join(target, path), { recursive: true, verbatimSymlinks: true, filter });
}

function link(to, path) {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(relative(dirname(path), to), path);
}
