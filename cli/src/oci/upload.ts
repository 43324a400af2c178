import { open } from 'node:fs/promises';
import { StagedoorError } from '@stagedoor/bundle';
import { ATTEMPTS, delayAfter, pause } from '../http/retry';
import type { TransferContext } from '../http/send';
import { digestOfBytes, registryFault } from './images';
import type { Descriptor } from './schemas';
import type { Session } from './session';

/** Content to upload: bytes in memory, or a file. */
export type Content = Uint8Array | { file: string };

/** What one request carries; larger content goes in several. */
const CHUNK = 16 * 1024 * 1024;

/**
 * Puts a blob into the repository unless it is there; returns whether it had to be sent. An upload that breaks is begun
 * anew, up to five times in all. Throws REGISTRY_FAILED, REGISTRY_UNAUTHORIZED.
 */
export async function uploadBlob(
  session: Session,
  { digest, size }: Descriptor,
  content: Content,
  { signal, onBytes }: TransferContext,
): Promise<boolean> {
  const head = await session.request(`blobs/${digest}`, 'push', { method: 'HEAD' });
  await head.body?.cancel();
  if (head.ok) return false;
  for (let attempt = 1; ; attempt++) {
    try {
      await uploadOnce(session, { digest, size }, content, onBytes);
      return true;
    } catch (error) {
      signal?.throwIfAborted();
      const broken = error instanceof StagedoorError && error.code === 'REGISTRY_FAILED';
      if (!broken || attempt === ATTEMPTS) throw error;
      await pause(delayAfter(attempt)!, signal);
    }
  }
}

async function uploadOnce(
  session: Session,
  { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
  content: Content,
  onBytes: TransferContext['onBytes'],
): Promise<void> {
  let location = await step(session, 'uploads/', 'POST', 202);
  const handle = content instanceof Uint8Array ? undefined : await open(content.file);
  try {
    for (let at = 0; ;) {
      const length = Math.min(CHUNK, size - at);
      const bytes = content instanceof Uint8Array ? content.subarray(at, at + length) : Buffer.alloc(length);
      if (handle) await handle.read(bytes, 0, length, at);
      const last = at + length === size;
      if (last && at === 0) return void (await finish(session, location, digest, bytes));
      const headers = { 'content-range': `${at}-${at + length - 1}` };
      location = await step(session, location, 'PATCH', 202, bytes, headers);
      onBytes?.(at + length, size);
      if (last) return void (await finish(session, location, digest));
      at += length;
    }
  } finally {
    await handle?.close();
  }
}

async function finish(session: Session, location: URL | string, digest: string, bytes?: Uint8Array): Promise<void> {
  const url = new URL(location);
  url.searchParams.set('digest', digest);
  await step(session, url, 'PUT', 201, bytes);
}

/** One request of an upload; gives where the next one goes. */
async function step(
  session: Session,
  target: URL | string,
  method: string,
  expected: number,
  body?: Uint8Array,
  headers: Record<string, string> = {},
): Promise<URL | string> {
  const type = body && { 'content-type': 'application/octet-stream' };
  const path = target === 'uploads/' ? 'blobs/uploads/' : target;
  // A part that is sent twice would be one too many: the whole upload is begun anew instead.
  const response = await session.request(path, 'push', {
    method,
    body,
    headers: { ...type, ...headers },
    retry: false,
  });
  if (response.status !== expected) throw await registryFault(session, `${method} of a blob`, response);
  await response.body?.cancel();
  const location = response.headers.get('location');
  return location === null ? target : new URL(location, response.url);
}

/** Puts a manifest under a tag or its own digest; true where the registry keeps the list of referrers itself. */
export async function putManifest(
  session: Session,
  reference: string,
  manifest: { text: string; mediaType: string },
): Promise<boolean> {
  const response = await session.request(`manifests/${reference}`, 'push', {
    method: 'PUT',
    body: manifest.text,
    headers: { 'content-type': manifest.mediaType },
  });
  if (response.status !== 201) throw await registryFault(session, `PUT of the manifest ${reference}`, response);
  await response.body?.cancel();
  return response.headers.get('oci-subject') !== null;
}

/** The descriptor of content in memory. */
export function describe(content: string | Uint8Array, mediaType: string): Descriptor {
  return { mediaType, digest: digestOfBytes(content), size: Buffer.byteLength(content) };
}
