// In plain JavaScript: vitest.config.mts imports it.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';

/** What tests need beside Node.js: the program, and the Debian package that brings it. */
export const PACKAGES = {
  chromium: 'chromium',
  curl: 'curl',
  'docker-registry': 'docker-registry',
  openssl: 'openssl',
  postgres: 'postgresql',
  skopeo: 'skopeo',
  unshare: 'util-linux',
};

const POSTGRES_VERSIONS = '/usr/lib/postgresql';

const root = join(import.meta.dirname, '..');

/** The path of a program of {@link PACKAGES}; undefined where it is not installed, or cannot do here what it is for. */
export function findProgram(name) {
  const dirs = [...postgresDirs(), ...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/sbin'];
  const file = dirs.map((dir) => join(dir, name)).find(isExecutable);
  return file && name === 'unshare' && !mayUnshare(file) ? undefined : file;
}

/** Of the newest version first. They are not on the path, or only some of them are. */
function postgresDirs() {
  try {
    const versions = readdirSync(POSTGRES_VERSIONS).sort((a, b) => Number(b) - Number(a));
    return versions.map((version) => join(POSTGRES_VERSIONS, version, 'bin'));
  } catch {
    return [];
  }
}

/** Many containers do not let their processes make namespaces. */
function mayUnshare(unshare) {
  return spawnSync(unshare, ['--user', '--map-root-user', '--mount', 'true']).status === 0;
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The test files that need a program that is not installed, as paths below test/, and a line for each such program. A test file
 * needs a program when it, or what it imports of this suite, calls `debianProgram` with its name.
 */
export function notRunHere() {
  const missing = Object.keys(PACKAGES).filter((program) => !findProgram(program));
  const files = missing.length > 0 ? testFiles(root).map((file) => ({ file, needs: programsOf(file) })) : [];
  const lacking = (program) => files.filter(({ needs }) => needs.has(program)).map(({ file }) => relative(root, file));
  return {
    files: [...new Set(missing.flatMap(lacking))],
    lines: missing.map((program) => {
      const names = lacking(program).map((file) => file.replace(/\.test\.ts$/, ''));
      const count = `${names.length} test file${names.length === 1 ? '' : 's'}`;
      return `${program} is not installed (apt-get install ${PACKAGES[program]}): ${count} not run: ${names.join(', ')}`;
    }),
  };
}

function testFiles(dir) {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return ['node_modules', 'fixtures'].includes(entry.name) ? [] : testFiles(path);
    return entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

function programsOf(file, seen = new Set()) {
  const programs = new Set();
  if (seen.has(file)) return programs;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, name] of text.matchAll(/\bdebianProgram\('([\w-]+)'\)/g)) programs.add(name);
  for (const [, path] of text.matchAll(/^(?:import|export) (?!type )[^;]*?from '(\.[^']+)';$/gm)) {
    const imported = `${join(dirname(file), path)}.ts`;
    if (existsSync(imported)) programsOf(imported, seen).forEach((program) => programs.add(program));
  }
  return programs;
}
