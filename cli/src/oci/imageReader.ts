import type { HttpContext, TransferContext } from '../http/send';
import { fetchBlob, fetchManifest, type FetchedManifest } from './images';
import type { ImageReference } from './reference';
import type { Descriptor } from './schemas';
import { Session } from './session';

/** Where the images of one repository are read from. */
export interface ImageReader {
  /** `host/repository`, for messages. */
  shown: string;
  /** What a tag or digest stands for. Throws IMAGE_NOT_FOUND, IMAGE_INVALID, and what reading throws. */
  manifest(reference: string): Promise<FetchedManifest>;
  /** Writes a blob, size and digest checked, to the new file `file`. Throws IMAGE_INVALID, and what reading throws. */
  blob(descriptor: Descriptor, file: string, context: TransferContext): Promise<void>;
}

/** Reads from the registry that a reference names; throws what {@link Session.request} throws, too. */
export function registryReader(reference: ImageReference, context: HttpContext): ImageReader {
  const session = new Session(reference, context);
  return {
    shown: session.shown,
    manifest: (name) => fetchManifest(session, name),
    blob: (descriptor, file, transfer) => fetchBlob(session, descriptor, file, transfer),
  };
}
