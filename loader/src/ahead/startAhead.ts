import { existsSync, readdirSync } from 'node:fs';
import { isDropName } from '../scan/drop';
import type { Settings } from '../settings/settings';
import { indexFileIn } from '../stage/shelf';
import { AheadThread } from './aheadThread';

/** A thread takes some forty milliseconds to start: fewer drops are staged sooner without. */
const FEW = 3;

/** Starts the thread that a first start is worth; later ones find what they need. */
export function startAhead({ rootDirectory, stateDirectory }: Settings): AheadThread | undefined {
  if (existsSync(indexFileIn(stateDirectory))) return undefined;
  try {
    return readdirSync(rootDirectory).filter(isDropName).length > FEW ? new AheadThread() : undefined;
  } catch {
    return undefined;
  }
}
