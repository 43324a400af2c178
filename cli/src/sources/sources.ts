import type { Source } from '../install/source';
import { archiveSource } from './archive/archiveSource';
import { localSource } from './local/localSource';
import { npmSource } from './npm/npmSource';
import { ociSource } from './oci/ociSource';

/** Everything that packages come from; of any text, one at most accepts it. Made for one run, in which they share. */
export function createSources(): Source[] {
  return [ociSource(), archiveSource, localSource, npmSource()];
}
