import type { CopiedFiles } from '../hoist/copiedFiles';
import type { HoistedBuild } from '../hoist/layout';
import type { Locked } from '../source/lockfile/lockfile';
import type { ImportEdge } from './packageImports';
import type { Peers } from './peers';

/** All that goes into one bundle for a backend, and what is known of it. */
export interface BundleParts extends HoistedBuild {
  copied: readonly CopiedFiles[];
  imports: readonly ImportEdge[];
  peers: Peers;
  /** The lockfile's entries by package folder. */
  locked: ReadonlyMap<string, Locked>;
}
