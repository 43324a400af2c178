import { isDropName } from '@stagedoor/bundle';
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { keepsCode } from '../compile/codeCache';
import type { Settings } from '../settings/settings';
import { indexFileIn } from '../stage/shelf';
import type { StateOpening } from '../stage/stateOpening';
import { AheadThread } from './aheadThread';

/** A thread takes some 40 ms to start; fewer drops are staged faster without one. */
const FEW = 3;

/**
 * Starts a thread if a first start benefits from one, and begins with the content of the root directory; later starts find
 * their copies staged. `onSchema` hears for each bundle that app-config is about to be checked.
 */
export function startAhead(settings: Settings, opening: StateOpening, onSchema: () => void): AheadThread | undefined {
  const { rootDirectory, stateDirectory } = settings;
  if (availableParallelism() < 2 || existsSync(indexFileIn(stateDirectory))) return undefined;
  const entries = dropNames(rootDirectory);
  if (entries.length <= FEW) return undefined;
  const thread = new AheadThread(onSchema);
  const compile = keepsCode() && settings.isolation === 'in-process';
  opening.open().then(
    ({ shelves }) => thread.begin(rootDirectory, entries, shelves, compile),
    // The error is reported when the work has to be done.
    () => {},
  );
  return thread;
}

function dropNames(rootDirectory: string): string[] {
  try {
    return readdirSync(rootDirectory).filter(isDropName).sort();
  } catch {
    return [];
  }
}
