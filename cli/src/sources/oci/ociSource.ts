import type { Source, SourceContext } from '../../install/source';
import { extractPlugin } from '../../oci/extractPlugin';
import { registryReader, type ImageReader } from '../../oci/imageReader';
import type { LayerCache } from '../../oci/layerCache';
import { Layers } from '../../oci/layers';
import { openAnywhere, type Fallback } from '../../oci/fallback';
import { keepDocuments, openImage, pluginOf } from '../../oci/pluginImage';
import { formatReference, imageName, isImageReference, parseReference, type ImageReference } from '../../oci/reference';
import { scratchFolder } from '../unpack';

/**
 * Plugins in images: `oci://host/repository:tag!path`. Resolving throws OCI_REFERENCE_INVALID, IMAGE_*, REGISTRY_*,
 * CREDENTIALS_UNREADABLE; fetching, ARCHIVE_* too. Plugins of one image that one source fetches take one download, and
 * none of a layer that `cache` has. Images that are not where they are said to be are looked for at their other place, `fallback`.
 */
export function ociSource(cache?: LayerCache, fallback?: Fallback): Source {
  const layers = new Layers(cache);
  return {
    accepts: isImageReference,
    async resolve(request, context) {
      const reference = parseReference(request.package);
      const { image, found } = await openAnywhere(reference, context, fallback);
      const { folder: path, version } = pluginOf(image, reference);
      const { digest } = image;
      const { host, repository } = found;
      return {
        kind: 'oci',
        key: `${imageName(reference)}!${path}`,
        identity: formatReference({ ...found, digest, path }),
        image: { host, repository, digest, path },
        ...(version !== undefined && { version }),
        digest,
      };
    },
    async fetch({ image: reference }, folder, context) {
      if (!reference) throw new Error('The package was not resolved by the source of images');
      return await fetchFromImage(reference, registryReader(reference, context), folder, { ...context, layers });
    },
  };
}

/** Leaves the plugin that a reference means below `folder`; the layers that are read for it come by way of `layers`. */
export async function fetchFromImage(
  reference: ImageReference,
  reader: ImageReader,
  folder: string,
  context: SourceContext & { layers: Layers },
): Promise<string> {
  const image = await openImage(reference, reader);
  const { folder: path } = pluginOf(image, reference);
  const scratch = await scratchFolder(folder);
  const dir = await extractPlugin(image, path, scratch, context);
  if (context.keep) await keepDocuments(image, scratch, context.keep);
  return dir;
}
