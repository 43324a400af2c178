import type { Shelves } from '../stage/shelf';
import type { StagedBundle } from '../stage/stagedBundle';

/**
 * What the thread is asked: to stage entries of a root directory, and perhaps to compile the code of the copies; or to leave a
 * file that is needed now.
 */
export type AheadJob =
  { root: string; entries: readonly string[]; shelves: Shelves; compile: boolean } | { skip: string };

/** What it answers: what came of an entry, or V8's code cache of a file. */
export type AheadAnswer = { entry: string; staged?: StagedAhead } | { file: string; cache: Uint8Array };

/** A drop that the thread staged, which had settled before, and was the same afterwards. */
export interface StagedAhead {
  bundle: StagedBundle;
  /** Snapshot of the drop. */
  seen: string;
  /** Snapshot of the copy, when it had just been checked. */
  copy: string;
}
