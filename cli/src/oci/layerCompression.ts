import { canRead, type Compression } from '@stagedoor/bundle';
import { zstdUnsupported, layerTypeUnsupported } from './errors';
import { LAYER_TYPES, type Descriptor } from './schemas';

/** How a layer of the image `shown` is compressed. Throws IMAGE_INVALID for one that this Node.js cannot read. */
export function compressionOf({ mediaType }: Descriptor, shown: string): Compression {
  const compression = LAYER_TYPES.get(mediaType);
  if (compression === undefined) {
    throw layerTypeUnsupported(shown, mediaType);
  }
  if (canRead(compression)) return compression;
  throw zstdUnsupported(shown);
}
