import { join } from 'node:path';

/** What the process of a plugin has to reach. */
export interface AccessNeeds {
  /** Files, and folders with all below them. */
  read: string[];
  write: string[];
  /** Whether native code may be loaded. */
  addons: boolean;
}

/**
 * Flags that turn Node's permission model on for what is listed only: `--permission` where Node knows it (22.13, 23.5 and
 * later), `--experimental-permission` before. Not a wall against hostile code (Node says so itself), but one that a plugin
 * does not walk through by mistake.
 */
export function permissionFlags(
  { read, write, addons }: AccessNeeds,
  known: Pick<ReadonlySet<string>, 'has'> = process.allowedNodeEnvironmentFlags,
): string[] {
  return [
    known.has('--permission') ? '--permission' : '--experimental-permission',
    '--disable-warning=ExperimentalWarning',
    // The watchdog is a worker.
    '--allow-worker',
    ...(addons ? ['--allow-addons'] : []),
    // Node 25 and later close the network unless told otherwise.
    ...(known.has('--allow-net') ? ['--allow-net'] : []),
    ...unique(read.flatMap(withAllBelow)).map((path) => `--allow-fs-read=${path}`),
    ...unique(write.flatMap(withAllBelow)).map((path) => `--allow-fs-write=${path}`),
  ];
}

function withAllBelow(path: string): string[] {
  return [path, join(path, '*')];
}

function unique(values: string[]): string[] {
  return [...new Set(values)];
}
