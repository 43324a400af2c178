import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TransferContext } from '../http/send';
import type { ImageReader } from './imageReader';
import type { LayerCache } from './layerCache';
import type { Descriptor } from './schemas';

/**
 * Layers that were fetched, by digest, for as long as their files are there: plugins of one image, fetched one after
 * another or at once, take one download; with a cache, none if an earlier run has left the layer.
 */
export class Layers {
  readonly #files = new Map<string, Promise<string>>();
  readonly #cache: LayerCache | undefined;

  constructor(cache?: LayerCache) {
    this.#cache = cache;
  }

  /** Path of a file with the layer, in `folder` unless there is one elsewhere. Throws what the reader throws. */
  async file(reader: ImageReader, layer: Descriptor, folder: string, context: TransferContext): Promise<string> {
    const { digest } = layer;
    const known = await this.#files.get(digest);
    if (known !== undefined && (await stat(known).catch(() => undefined))) return known;
    const fetching = this.#fetch(reader, layer, folder, context);
    this.#files.set(digest, fetching);
    fetching.catch(() => this.#files.delete(digest));
    return await fetching;
  }

  async #fetch(reader: ImageReader, layer: Descriptor, folder: string, context: TransferContext): Promise<string> {
    const file = join(folder, `${layer.digest.replace(':', '-')}.layer`);
    if (await this.#cache?.copyTo(layer, file)) {
      context.onBytes?.(layer.size, layer.size);
      return file;
    }
    await reader.blob(layer, file, context);
    await this.#cache?.add(layer, file);
    return file;
  }
}
