import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TransferContext } from '../http/send';
import { fetchBlob } from './images';
import type { Descriptor } from './schemas';
import type { Session } from './session';

/**
 * Layers that were fetched, by digest, for as long as their files are there: plugins of one image, fetched one after
 * another or at once, take one download.
 */
export class Layers {
  readonly #files = new Map<string, Promise<string>>();

  /** Path of a file with the layer, in `folder` unless there is one elsewhere. Throws what {@link fetchBlob} throws. */
  async file(session: Session, layer: Descriptor, folder: string, context: TransferContext): Promise<string> {
    const { digest } = layer;
    const known = await this.#files.get(digest);
    if (known !== undefined && (await stat(known).catch(() => undefined))) return known;
    const fetching = this.#fetch(session, layer, folder, context);
    this.#files.set(digest, fetching);
    fetching.catch(() => this.#files.delete(digest));
    return await fetching;
  }

  async #fetch(session: Session, layer: Descriptor, folder: string, context: TransferContext): Promise<string> {
    const file = join(folder, `${layer.digest.replace(':', '-')}.layer`);
    await fetchBlob(session, layer, file, context);
    return file;
  }
}
