import { StagedoorError, isInside } from '@stagedoor/bundle';
import { existsSync } from 'node:fs';
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
    // That the model is young, and that what is allowed below weakens it, nobody needs to read for each plugin.
    '--disable-warning=ExperimentalWarning',
    '--disable-warning=SecurityWarning',
    // The watchdog is a worker.
    '--allow-worker',
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
  if (broad !== undefined) {
    const message = `${broad} cannot be given to Node's permission model, which takes its * for any other text.`;
    throw new StagedoorError('SETTING_INVALID', message, {
      hint: 'Choose a folder without * in its path, or set permissionModel to false.',
    });
  }
  return outer.map((path) => (existsSync(path) ? path : join(path, '*')));
}
