import { StagedoorError, canRead, type Compression } from '@stagedoor/bundle';
import { LAYER_TYPES, type Descriptor } from './schemas';

/** How a layer of the image `shown` is compressed. Throws IMAGE_INVALID for one that this Node.js cannot read. */
export function compressionOf({ mediaType }: Descriptor, shown: string): Compression {
  const compression = LAYER_TYPES.get(mediaType);
  if (compression === undefined) {
    throw new StagedoorError('IMAGE_INVALID', `${shown} has a layer of the type ${mediaType}.`);
  }
  if (canRead(compression)) return compression;
  const message = `Node.js ${process.versions.node} cannot read ${shown}: its layers are compressed with zstd.`;
  throw new StagedoorError('IMAGE_INVALID', message, {
    hint: 'Use Node.js 22.15 or later, or push the image with gzip layers, for example `podman push --compression-format gzip`.',
  });
}
