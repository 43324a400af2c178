import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_LIMITS, extractLayer } from '@stagedoor/bundle';
import { openAnywhere, type Fallback } from '../../oci/fallback';
import type { ImageReader } from '../../oci/imageReader';
import { compressionOf } from '../../oci/layerCompression';
import { Layers } from '../../oci/layers';
import { keepDocuments } from '../../oci/pluginImage';
import { formatReference, parseReference, type ImageReference } from '../../oci/reference';
import type { HttpContext } from '../../http/send';
import type { CatalogImages } from '../../install/source';

/** How {@link catalogImages} comes by images. */
interface CatalogImageOptions {
  /** By default, what reads from the registry that a reference names. */
  readerOf?: (reference: ImageReference, context: HttpContext) => ImageReader;
  fallback?: Fallback;
}

/** Catalog indexes that come from the registries that their names say. */
export function catalogImages({ readerOf, fallback }: CatalogImageOptions = {}): CatalogImages {
  return {
    async unpack(text, folder, { keep, ...context }) {
      const { image, found } = await openAnywhere(parseReference(text), context, fallback, readerOf);
      const layers = new Layers();
      const dir = join(folder, 'content');
      await mkdir(dir, { recursive: true });
      let taken = { bytes: 0, entries: 0 };
      for (const layer of image.manifest.layers) {
        const shown = `${formatReference(found)}: the layer ${layer.digest}`;
        const compression = compressionOf(layer, image.reader.shown);
        const file = await layers.file(image.reader, layer, folder, context);
        await keep?.(file);
        taken = await extractLayer({ file, compression, folder: '', limits: DEFAULT_LIMITS, shown, taken }, dir);
      }
      if (keep) await keepDocuments(image, folder, keep);
      return { dir, digest: image.digest };
    },
  };
}
