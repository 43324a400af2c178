import type { Drop } from '../scan/drop';
import type { Shelves } from '../stage/shelf';
import type { StagedBundle } from '../stage/stageDrop';

/** What the thread is asked: to stage a drop, to compile a file of CommonJS, or to leave a file that is no longer wanted. */
export type AheadJob =
  { id: number; drop: Drop; shelves: Shelves } | { id: number; compile: string } | { id: number; skip: true };

/** What it answers: the staged copy or V8's code cache, or `{}` where it came to nothing. */
export interface AheadAnswer {
  id: number;
  bundle?: StagedBundle;
  cache?: Uint8Array;
}
