import type { Shelves } from '../stage/shelf';
import type { StagedBundle } from '../stage/stagedBundle';

/**
 * Requests to the thread: stage entries of a root directory and compile the code of the copies, or leave out a file that is
 * needed now.
 */
export type AheadJob =
  { root: string; entries: readonly string[]; shelves: Shelves; compile: boolean } | { skip: string };

/** Answers: the outcome of an entry, or V8's code cache of a file. */
export type AheadAnswer = { entry: string; staged?: StagedAhead } | { file: string; cache: Uint8Array };

/** A drop that the thread staged, settled before and unchanged afterwards. */
export interface StagedAhead {
  bundle: StagedBundle;
  /** Snapshot of the drop. */
  seen: string;
  /** Snapshot of the copy right after its check. */
  copy: string;
}
