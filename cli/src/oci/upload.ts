import { open } from 'node:fs/promises';
import type { StagedoorError } from '@stagedoor/bundle';
import { isStagedoorError } from '@stagedoor/bundle';
import { ATTEMPTS, delayAfter, pause } from '../http/retry';
import type { HttpRequest, TransferContext } from '../http/send';
import { digestOfBytes } from '../digest/digests';
import { partLost } from './errors';
import { registryFault } from './images';
import type { Descriptor } from './schemas';
import type { Session } from './session';
import { UploadWay } from './uploadWay';

/** Content to upload: bytes in memory, or a file. */
export type Content = Uint8Array | { file: string };

/** What is read from the file at once while the whole is sent. */
const PIECE = 256 * 1024;
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
 * Puts a blob into the repository unless it is there; returns whether it had to be sent. It goes in one PUT, which every
 * registry takes; in parts (PATCH) where the registry or a proxy before it refuses requests of that size, or where a
 * connection broke and the registry says how much it has. Gives up after five attempts that brought nothing. Throws
 * REGISTRY_FAILED, REGISTRY_UNAUTHORIZED.
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
    const way = new UploadWay(size);
    let upload: Upload | undefined;
    let best = 0;
    for (let failed = 0; ;) {
      try {
        upload ??= await begin(session);
        const part = way.part(upload.at);
        if (part === undefined) await sendWhole(session, blob, upload, onBytes);
        else await sendRest(session, blob, upload, { part, onBytes });
        return true;
      } catch (error) {
        signal?.throwIfAborted();
        if (!isStagedoorError(error) || error.code !== 'REGISTRY_FAILED') throw error;
        upload = upload && way.mayResume && isResumable(error) ? await progressOf(session, upload) : undefined;
        const brought = upload !== undefined && upload.at > best;
        best = Math.max(best, upload?.at ?? 0);
        if (!brought && way.changeAfter(error)) {
          upload = undefined;
          continue;
        }
        failed = brought ? 1 : failed + 1;
        if (failed === ATTEMPTS) throw error;
        const wait = delayAfter(failed, retryAfterOf(error));
        if (wait === undefined) throw error;
        await pause(wait, signal);
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
  const response = await step(session, 'blobs/uploads/', { method: 'POST', expected: 202 });
  return { location: response.location, at: 0 };
}

/** Sends all of it with the request that ends the upload. */
async function sendWhole(
  session: Session,
  { digest, size, read }: Blob,
  upload: Upload,
  onBytes: TransferContext['onBytes'],
): Promise<void> {
  async function* pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let at = 0; at < size; at += PIECE) {
      yield await read(at, Math.min(PIECE, size - at));
      onBytes?.(Math.min(at + PIECE, size), size);
    }
  }
  const body = size <= PIECE ? await read(0, size) : { size, open: pieces };
  await step(session, endOf(upload, digest), { method: 'PUT', expected: 201, body });
}

/** Sends what the registry does not have yet, and ends the upload; `upload` tells how far it is, also when this fails. */
async function sendRest(
  session: Session,
  { digest, size, read }: Blob,
  upload: Upload,
  { part, onBytes }: { part: number; onBytes: TransferContext['onBytes'] },
): Promise<void> {
  while (upload.at < size) {
    const body = await read(upload.at, Math.min(part, size - upload.at));
    const end = upload.at + body.length;
    const headers = { 'content-range': `${upload.at}-${end - 1}` };
    const answer = await step(session, upload.location, { method: 'PATCH', expected: 202, body, headers });
    if (answer.end !== undefined && answer.end !== end) throw partLost(session.shown, answer.end, end);
    upload.location = answer.location;
    upload.at = end;
    onBytes?.(end, size);
  }
  await step(session, endOf(upload, digest), { method: 'PUT', expected: 201 });
}

/** The address of the request that ends an upload. */
function endOf({ location }: Upload, digest: string): URL {
  const url = new URL(location);
  url.searchParams.set('digest', digest);
  return url;
}

/** Whether the upload is still what the registry says: after a broken connection, or a part in the wrong place. */
function isResumable({ details }: StagedoorError): boolean {
  return details?.status === undefined || details.status === 416;
}

function retryAfterOf({ details }: StagedoorError): string | null {
  return typeof details?.retryAfter === 'string' ? details.retryAfter : null;
}

/** How far the registry is with an upload; undefined if it does not say, or knows of none. */
async function progressOf(session: Session, { location }: Upload): Promise<Upload | undefined> {
  try {
    const response = await session.request(location, 'push');
    await response.body?.cancel();
    const end = endOfRange(response.headers.get('range'));
    const next = response.headers.get('location');
    if (response.status !== 204 || end === undefined) return undefined;
    return { location: next === null ? location : session.onward(next, response), at: end };
  } catch {
    return undefined;
  }
}

/** How many bytes a registry has, by its `Range` header; undefined if it does not say. */
function endOfRange(range: string | null): number | undefined {
  const last = Number(/^(?:bytes=)?0-(\d+)$/.exec(range ?? '')?.[1] ?? 0);
  // Registries say 0-0 for one byte, and for none.
  return last === 0 ? undefined : last + 1;
}

/** What a registry answered to one request of an upload. */
interface Answer {
  /** Where the next request goes. */
  location: URL | string;
  /** How many bytes the registry has, where it says so. */
  end?: number;
}

/** One request of an upload. */
async function step(
  session: Session,
  target: URL | string,
  { expected, body, headers, method }: HttpRequest & { expected: number },
): Promise<Answer> {
  const type = body && { 'content-type': 'application/octet-stream' };
  // A part that is sent twice would be one too many: how far the registry is must be known first.
  const response = await session.request(target, 'push', {
    method,
    body,
    headers: { ...type, ...headers },
    retry: false,
  });
  if (response.status !== expected) {
    const error = await registryFault(session, `${method} of a blob`, response);
    // ECR answers a part with 201, and drops those that follow.
    if (method === 'PATCH' && response.ok) Object.assign(error.details!, { part: 'lost' });
    throw error;
  }
  await response.body?.cancel();
  const location = response.headers.get('location');
  const end = endOfRange(response.headers.get('range'));
  return {
    location: location === null ? target : session.onward(location, response),
    ...(end !== undefined && { end }),
  };
}

/** Puts a manifest under a tag or its own digest; true if the registry keeps the list of referrers itself. */
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
