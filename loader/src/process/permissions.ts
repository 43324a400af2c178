import { isInside } from '@stagedoor/bundle';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { wildcardInPath } from './errors';

/** The accesses that a plugin's process needs. */
export interface AccessNeeds {
  /** Files, and folders with all below them. */
  read: string[];
  write: string[];
  /** Whether native code may be loaded. */
  addons: boolean;
}

/** Knows the flags of a Node.js version. */
export type KnownFlags = Pick<ReadonlySet<string>, 'has'>;

/**
 * Flags that enable Node's permission model for the listed paths only: `--permission` where Node has it (22.13, 23.5 and
 * later), `--experimental-permission` before. The membrane closes the rest.
 */
export function permissionFlags(
  { read, write, addons }: AccessNeeds,
  known: KnownFlags = process.allowedNodeEnvironmentFlags,
): string[] {
  return [
    known.has('--permission') ? '--permission' : '--experimental-permission',
    // Warnings that the model is experimental, and weakened by what is allowed below, would repeat for each plugin.
    '--disable-warning=ExperimentalWarning',
    '--disable-warning=SecurityWarning',
    // The membrane controls threads: the permission model does not apply in a thread with flags of its own.
    '--allow-worker',
    // Node's own SQLite opens files that the model would deny.
    ...(known.has('--experimental-sqlite') ? ['--no-experimental-sqlite'] : []),
    ...(addons ? ['--allow-addons'] : []),
    // Node 25 and later close the network unless told otherwise.
    ...(known.has('--allow-net') ? ['--allow-net'] : []),
    ...outermost(read).map((path) => `--allow-fs-read=${path}`),
    ...outermost(write).map((path) => `--allow-fs-write=${path}`),
  ];
}

/**
 * The paths without those below another one. Each covers everything below it: Node accepts an existing folder as such, and a
 * future one as a pattern.
 */
function outermost(paths: string[]): string[] {
  const unique = [...new Set(paths)];
  const outer = unique.filter((path) => !unique.some((other) => other !== path && isInside(other, path)));
  const broad = outer.find((path) => path.includes('*'));
  if (broad !== undefined) throw wildcardInPath(broad);
  return outer.map((path) => (existsSync(path) ? path : join(path, '*')));
}
