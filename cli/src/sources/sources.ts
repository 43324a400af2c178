import type { CatalogImages, Source } from '../install/source';
import { withMirror } from '../install/mirror/withMirror';
import type { LayerCache } from '../oci/layerCache';
import { archiveSource } from './archive/archiveSource';
import { localSource } from './local/localSource';
import { mirrorCatalogs, mirrorSource } from './mirror/mirrorSource';
import { npmSettingsReader } from '../registry/npmSettings';
import { npmSource } from './npm/npmSource';
import { catalogImages } from './oci/catalogImages';
import { ociSource } from './oci/ociSource';

/** Everything that packages come from; of any text, one at most accepts it. Made for one run, in which they share. */
export function createSources(cache?: LayerCache): Source[] {
  const readSettings = npmSettingsReader();
  return [ociSource(cache), archiveSource(readSettings), localSource, npmSource(readSettings)];
}

/**
 * Gives `use` the sources of a run: those of {@link createSources} or, where the absolute path of a mirror is given, that
 * alone, and where catalog indexes come from. Throws MIRROR_INVALID, ARCHIVE_*, OUTPUT_UNWRITABLE.
 */
export async function withSources<T>(
  mirror: string | undefined,
  use: (sources: readonly Source[], catalogs: CatalogImages) => Promise<T>,
  cache?: LayerCache,
): Promise<T> {
  if (mirror === undefined) return await use(createSources(cache), catalogImages());
  return await withMirror(mirror, async (dir) => await use([await mirrorSource(dir)], await mirrorCatalogs(dir)));
}
