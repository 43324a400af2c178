import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What tests need beside Node.js: the program, and the Debian package that brings it. */
export const PACKAGES = {
  chromium: 'chromium',
  curl: 'curl',
  'docker-registry': 'docker-registry',
  openssl: 'openssl',
  postgres: 'postgresql',
  skopeo: 'skopeo',
  unshare: 'util-linux',
} as const;

/** A program of {@link PACKAGES}. */
export type Program = keyof typeof PACKAGES;

const POSTGRES_VERSIONS = '/usr/lib/postgresql';

/**
 * The path of a program that a Debian package brings. Where it is not installed, the test files that call this with its name, or
 * import what calls it, are not run: see missingPrograms.ts.
 */
export function debianProgram(name: Program): string {
  const file = findProgram(name);
  if (!file) throw new Error(`${name} is not installed: apt-get install ${PACKAGES[name]}`);
  return file;
}

/** As {@link debianProgram}; undefined where it is not installed, or cannot do here what it is for. */
export function findProgram(name: Program): string | undefined {
  const dirs = [...postgresDirs(), ...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/sbin'];
  const file = dirs.map((dir) => join(dir, name)).find(isExecutable);
  return file && name === 'unshare' && !mayUnshare(file) ? undefined : file;
}

/** Many containers do not let their processes make namespaces. */
function mayUnshare(unshare: string): boolean {
  return spawnSync(unshare, ['--user', '--map-root-user', '--mount', 'true']).status === 0;
}

/** Of the newest version first. They are not on the path, or only some of them are. */
function postgresDirs(): string[] {
  try {
    const versions = readdirSync(POSTGRES_VERSIONS).sort((a, b) => Number(b) - Number(a));
    return versions.map((version) => join(POSTGRES_VERSIONS, version, 'bin'));
  } catch {
    return [];
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
