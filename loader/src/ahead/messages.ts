import type { Drop } from '../scan/drop';
import type { Shelves } from '../stage/shelf';
import type { StagedBundle } from '../stage/stagedBundle';

/** What the thread is asked: to stage a drop, and perhaps to compile the copy's code; or to leave a file that is needed now. */
export type AheadJob = { drop: Drop; shelves: Shelves; compile: boolean } | { skip: string };

/** What it answers: what came of a drop, or V8's code cache of a file. */
export type AheadAnswer = StagedAhead | { file: string; cache: Uint8Array };

/** What came of a drop. */
export interface StagedAhead {
  entry: string;
  /** Snapshot of the drop before it was copied. */
  seen?: string;
  /** Absent where it could not be staged. */
  bundle?: StagedBundle;
}
