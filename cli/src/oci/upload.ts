import { open } from 'node:fs/promises';
import { isStagedoorError, type StagedoorError } from '@stagedoor/bundle';
import { ATTEMPTS, delayAfter, pause } from '../http/retry';
import type { HttpRequest, TransferContext } from '../http/send';
import { digestOfBytes } from './digests';
import { registryFault } from './images';
import type { Descriptor } from './schemas';
import type { Session } from './session';

/** Content to upload: bytes in memory, or a file. */
export type Content = Uint8Array | { file: string };

/** What one request carries; larger content goes in several. Slow lines take half a minute for it. */
const CHUNK = 8 * 1024 * 1024;

/** An upload that the registry has begun. */
interface Upload {
  /** Where the next request goes. */
  location: URL | string;
  /** Bytes that the registry has. */
  at: number;
}

/** The content of one blob. */
interface Blob extends Pick<Descriptor, 'digest' | 'size'> {
  /** The bytes from `at` on, at most `length` of them. */
  read(at: number, length: number): Promise<Uint8Array>;
}

/**
 * Puts a blob into the repository unless it is there; returns whether it had to be sent. Where the connection breaks, the
 * registry is asked how much it has and gets the rest; where it does not say, or answers otherwise than it should, the
 * upload is begun anew. Gives up after five attempts that brought nothing. Throws REGISTRY_FAILED, REGISTRY_UNAUTHORIZED.
 */
export async function uploadBlob(
  session: Session,
  { digest, size }: Descriptor,
  content: Content,
  { signal, onBytes }: TransferContext,
): Promise<boolean> {
  if (await isThere(session, digest)) return false;
  return await withContent(content, async (read) => {
    const blob: Blob = { digest, size, read };
    let upload: Upload | undefined;
    let best = 0;
    for (let failed = 0; ;) {
      try {
        upload ??= await begin(session);
        await sendRest(session, blob, upload, onBytes);
        return true;
      } catch (error) {
        signal?.throwIfAborted();
        if (!isStagedoorError(error) || error.code !== 'REGISTRY_FAILED') throw error;
        upload = upload && isResumable(error) ? await progressOf(session, upload) : undefined;
        failed = upload && upload.at > best ? 1 : failed + 1;
        best = Math.max(best, upload?.at ?? 0);
        if (failed === ATTEMPTS) throw error;
        await pause(delayAfter(failed)!, signal);
        // The answer to the last request may be all that was lost.
        if (!upload && (await isThere(session, digest))) return true;
      }
    }
  });
}

async function isThere(session: Session, digest: string): Promise<boolean> {
  const head = await session.request(`blobs/${digest}`, 'push', { method: 'HEAD' });
  await head.body?.cancel();
  return head.ok;
}

async function withContent<T>(content: Content, use: (read: Blob['read']) => Promise<T>): Promise<T> {
  if (content instanceof Uint8Array) {
    return await use((at, length) => Promise.resolve(content.subarray(at, at + length)));
  }
  const handle = await open(content.file);
  try {
    return await use(async (at, length) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at);
      return buffer.subarray(0, bytesRead);
    });
  } finally {
    await handle.close();
  }
}

async function begin(session: Session): Promise<Upload> {
  return { location: await step(session, 'blobs/uploads/', { method: 'POST', expected: 202 }), at: 0 };
}

/** Sends what the registry does not have yet, and ends the upload; `upload` tells how far it is, also when this fails. */
async function sendRest(
  session: Session,
  { digest, size, read }: Blob,
  upload: Upload,
  onBytes: TransferContext['onBytes'],
): Promise<void> {
  const whole = upload.at === 0 && size <= CHUNK;
  while (!whole && upload.at < size) {
    const body = await read(upload.at, Math.min(CHUNK, size - upload.at));
    const end = upload.at + body.length;
    const headers = { 'content-range': `${upload.at}-${end - 1}` };
    upload.location = await step(session, upload.location, { method: 'PATCH', expected: 202, body, headers });
    upload.at = end;
    onBytes?.(end, size);
  }
  const url = new URL(upload.location);
  url.searchParams.set('digest', digest);
  await step(session, url, { method: 'PUT', expected: 201, ...(whole && { body: await read(0, size) }) });
}

/** Whether the upload is still what the registry says: after a broken connection, or a part in the wrong place. */
function isResumable({ details }: StagedoorError): boolean {
  return details?.status === undefined || details.status === 416;
}

/** How far the registry is with an upload; undefined where it does not say, or knows of none. */
async function progressOf(session: Session, { location }: Upload): Promise<Upload | undefined> {
  try {
    const response = await session.request(location, 'push');
    await response.body?.cancel();
    const end = Number(/^(?:bytes=)?0-(\d+)$/.exec(response.headers.get('range') ?? '')?.[1] ?? 0);
    const next = response.headers.get('location');
    // Registries say 0-0 for one byte, and for none.
    if (response.status !== 204 || end === 0) return undefined;
    return { location: next === null ? location : new URL(next, response.url), at: end + 1 };
  } catch {
    return undefined;
  }
}

/** One request of an upload; gives where the next one goes. */
async function step(
  session: Session,
  target: URL | string,
  { expected, body, headers, method }: HttpRequest & { expected: number },
): Promise<URL | string> {
  const type = body && { 'content-type': 'application/octet-stream' };
  // A part that is sent twice would be one too many: how far the registry is must be known first.
  const response = await session.request(target, 'push', {
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
