import type { Source } from '../../install/source';
import { extractPlugin } from '../../oci/extractPlugin';
import { Layers } from '../../oci/layers';
import { openImage, pluginOf } from '../../oci/pluginImage';
import { formatReference, imageName, isImageReference, parseReference } from '../../oci/reference';
import { scratchFolder } from '../scratch';

/**
 * Plugins in images: `oci://host/repository:tag!path`. Resolving throws OCI_REFERENCE_INVALID, IMAGE_*, REGISTRY_*,
 * CREDENTIALS_UNREADABLE; fetching, ARCHIVE_* too. Plugins of one image that one source fetches take one download.
 */
export function ociSource(): Source {
  const layers = new Layers();
  return {
    accepts: isImageReference,
    async resolve(request, context) {
      const reference = parseReference(request.package);
      const image = await openImage(reference, context);
      const { folder: path, version } = pluginOf(image, reference);
      const { digest } = image;
      return {
        kind: 'oci',
        key: `${imageName(reference)}!${path}`,
        identity: formatReference({ ...reference, digest, path }),
        ...(version !== undefined && { version }),
        digest,
      };
    },
    async fetch({ identity }, folder, context) {
      const reference = parseReference(identity);
      const image = await openImage(reference, context);
      const { folder: path } = pluginOf(image, reference);
      return await extractPlugin(image, path, await scratchFolder(folder), { ...context, layers });
    },
  };
}
