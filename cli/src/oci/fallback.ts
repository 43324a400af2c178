import { isStagedoorError, rephraseError } from '@stagedoor/bundle';
import { registryReader, type ImageReader } from './imageReader';
import { openImage, type PluginImage } from './pluginImage';
import { formatReference, imageName, type ImageReference } from './reference';
import type { HttpContext } from '../http/send';

/** An alternative location for images. */
export interface Fallback {
  /** Host and the beginning of the repository, with a slash at its end. */
  from: string;
  to: string;
}

/** Images of Developer Hub are in Red Hat's registry after their release, and at Quay before; its installer tries both. */
const RHDH: Fallback = { from: 'registry.access.redhat.com/rhdh/', to: 'quay.io/rhdh/' };

/** The other place of an image; undefined if it has none. */
export function fallbackOf(
  { host, repository, ...rest }: ImageReference,
  { from, to }: Fallback = RHDH,
): ImageReference | undefined {
  const name = `${host}/${repository}`;
  if (!name.startsWith(from)) return undefined;
  const [other = '', ...path] = `${to}${name.slice(from.length)}`.split('/');
  return { ...rest, host: other, repository: path.join('/') };
}

/**
 * Opens an image at its location or, if that fails, at the alternative; returns where it was found. Throws the error of the
 * first location, extended by that of the second.
 */
export async function openAnywhere(
  reference: ImageReference,
  context: HttpContext,
  fallback?: Fallback,
  readerOf: (reference: ImageReference, context: HttpContext) => ImageReader = registryReader,
): Promise<{ image: PluginImage; found: ImageReference }> {
  const open = async (found: ImageReference): Promise<{ image: PluginImage; found: ImageReference }> => ({
    image: await openImage(found, readerOf(found, context)),
    found,
  });
  const other = fallbackOf(reference, fallback);
  if (!other) return await open(reference);
  try {
    return await open(reference);
  } catch (error) {
    context.signal?.throwIfAborted();
    if (!isStagedoorError(error)) throw error;
    try {
      return await open(other);
    } catch (second) {
      context.signal?.throwIfAborted();
      if (!isStagedoorError(second)) throw second;
      throw rephraseError(error, `${error.message} ${imageName(other)} was tried too: ${second.message}`, {
        fallback: formatReference(other),
      });
    }
  }
}
