import type { Source } from '../install/source';
import { withMirror } from '../install/mirror/withMirror';
import { archiveSource } from './archive/archiveSource';
import { localSource } from './local/localSource';
import { mirrorSource } from './mirror/mirrorSource';
import { npmSource } from './npm/npmSource';
import { ociSource } from './oci/ociSource';

/** Everything that packages come from; of any text, one at most accepts it. Made for one run, in which they share. */
export function createSources(): Source[] {
  return [ociSource(), archiveSource, localSource, npmSource()];
}

/**
 * Gives `use` the sources of a run: those of {@link createSources} or, where the absolute path of a mirror is given, that
 * alone. Throws MIRROR_INVALID, ARCHIVE_*, OUTPUT_UNWRITABLE.
 */
export async function withSources<T>(
  mirror: string | undefined,
  use: (sources: readonly Source[]) => Promise<T>,
): Promise<T> {
  if (mirror === undefined) return await use(createSources());
  return await withMirror(mirror, async (dir) => await use([await mirrorSource(dir)]));
}
