import { isDropName } from '@stagedoor/bundle';
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { keepsCode } from '../compile/codeCache';
import type { Settings } from '../settings/settings';
import { indexFileIn } from '../stage/shelf';
import type { StateOpening } from '../stage/stateOpening';
import { AheadThread } from './aheadThread';

/** A thread takes some forty milliseconds to start: fewer drops are staged sooner without. */
const FEW = 3;

/**
 * Starts the thread that a first start is worth, and begins with what lies in the root directory; later starts find what they
 * need. `onSchema` hears, bundle by bundle, that app-config is going to be checked.
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
    // Why it cannot be done is told when it has to be.
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
