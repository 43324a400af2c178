import { isInside } from '@stagedoor/bundle';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { wildcardInPath } from './errors';

/** What the process of a plugin has to reach. */
export interface AccessNeeds {
  /** Files, and folders with all below them. */
  read: string[];
  write: string[];
  /** Whether native code may be loaded. */
  addons: boolean;
}

/** What decides about flags. */
export type KnownFlags = Pick<ReadonlySet<string>, 'has'>;

/**
 * Flags that turn Node's permission model on for what is listed only: `--permission` where Node knows it (22.13, 23.5 and
 * later), `--experimental-permission` before. What it leaves open, the membrane closes.
 */
export function permissionFlags(
  { read, write, addons }: AccessNeeds,
  known: KnownFlags = process.allowedNodeEnvironmentFlags,
): string[] {
  return [
    known.has('--permission') ? '--permission' : '--experimental-permission',
    // That the model is young, and that what is allowed below weakens it, nobody needs to read for each plugin.
    '--disable-warning=ExperimentalWarning',
    '--disable-warning=SecurityWarning',
    // The membrane says who may start threads, and how: the model does not hold in a thread with flags of its own.
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
 * The paths less those below another one. Each stands for all below it: Node takes an existing folder so, and one that does
 * not exist yet by its pattern.
 */
function outermost(paths: string[]): string[] {
  const unique = [...new Set(paths)];
  const outer = unique.filter((path) => !unique.some((other) => other !== path && isInside(other, path)));
  const broad = outer.find((path) => path.includes('*'));
  if (broad !== undefined) throw wildcardInPath(broad);
  return outer.map((path) => (existsSync(path) ? path : join(path, '*')));
}
