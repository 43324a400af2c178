import { stat } from 'node:fs/promises';
import type { StagedoorError } from '@stagedoor/bundle';
import { describeIssues, isStagedoorError, parseJson } from '@stagedoor/bundle';
import type { Response } from 'undici';
import { errorText } from '../text/errorText';
import { ANSWER_LIMITS, LAYER_LIMITS, MANIFEST_LIMITS, tooManyBytes } from '../http/limits';
import { readBody } from '../http/readBody';
import { save } from '../http/save';
import { type TransferContext } from '../http/send';
import { isDiskFault } from '../temporary/unwritable';
import { algorithmOf, digestOfBytes, digestOfFile, isDigest } from '../digest/digests';
import {
  registryRefused,
  blobDiffers,
  registryFailed,
  imageInvalid,
  manifestDigestDiffers,
  imageNotFound,
} from './errors';
import {
  MANIFEST_TYPES,
  indexSchema,
  manifestSchema,
  type Descriptor,
  type ImageIndex,
  type ImageManifest,
} from './schemas';
import type { Session } from './session';

/** A manifest or index, and its digest. */
export interface FetchedManifest {
  digest: string;
  bytes: Buffer;
  content: ImageManifest | ImageIndex;
}

/**
 * Fetches what a tag or digest stands for. Throws IMAGE_NOT_FOUND; IMAGE_INVALID for an answer that is not a manifest or has another
 * digest than it should; and what the session throws.
 */
export async function fetchManifest(session: Session, reference: string): Promise<FetchedManifest> {
  const response = await session.request(`manifests/${reference}`, 'pull', { headers: { accept: MANIFEST_TYPES } });
  if (response.status === 404) {
    await response.body?.cancel();
    throw imageNotFound(session.shown, reference);
  }
  if (!response.ok) throw await registryFault(session, 'the manifest', response);
  const what = {
    shown: `${session.shown}: the manifest`,
    limits: MANIFEST_LIMITS,
    tooLarge: 'REGISTRY_FAILED',
  } as const;
  const bytes = await readBody(response, what).catch((cause: unknown) => {
    if (isStagedoorError(cause)) throw cause;
    throw registryFailed(session.shown, errorText(cause), cause);
  });
  const told = isDigest(reference) ? reference : response.headers.get('docker-content-digest');
  const promised = told !== null && isDigest(told) ? told : digestOfBytes(bytes);
  const digest = digestOfBytes(bytes, algorithmOf(promised));
  if (promised !== digest) {
    throw manifestDigestDiffers(session.shown, promised, digest);
  }
  return { digest, bytes, content: parseManifest(bytes, `${session.shown}@${digest}`) };
}

/** Reads an untrusted manifest or index. Throws IMAGE_INVALID. */
export function parseManifest(bytes: Buffer, shown: string): ImageManifest | ImageIndex {
  let value: unknown;
  try {
    value = parseJson(bytes.toString('utf8'));
  } catch (cause) {
    throw imageInvalid(shown, ` ${(cause as Error).message}`, cause);
  }
  const isIndex = typeof value === 'object' && value !== null && 'manifests' in value;
  const parsed = (isIndex ? indexSchema : manifestSchema).safeParse(value);
  if (parsed.success) return parsed.data;
  throw imageInvalid(shown, `: ${describeIssues(parsed.error)}`);
}

/**
 * Downloads a blob into the new file `file` and checks size and digest; what a broken connection interrupts is taken up
 * again. Throws IMAGE_INVALID, ARCHIVE_TOO_LARGE, DOWNLOAD_TOO_SLOW, and what the session throws.
 */
export async function fetchBlob(
  session: Session,
  { digest, size }: Descriptor,
  file: string,
  { signal, onBytes }: TransferContext,
): Promise<void> {
  const shown = `${session.shown}@${digest}`;
  const download = { shown, limits: LAYER_LIMITS, tooLarge: 'ARCHIVE_TOO_LARGE' } as const;
  if (size > LAYER_LIMITS.bytes) throw tooManyBytes(download);
  try {
    await save(
      async (request) => {
        const response = await session.request(`blobs/${digest}`, 'pull', request);
        if (response.ok) return response;
        throw await registryFault(session, digest, response);
      },
      { ...download, limits: { ...LAYER_LIMITS, bytes: size }, file, immutable: true, signal, onBytes },
    );
  } catch (cause) {
    signal?.throwIfAborted();
    if (isStagedoorError(cause) || isDiskFault(cause)) throw cause;
    throw registryFailed(shown, errorText(cause), cause);
  }
  const found = { size: (await stat(file)).size, digest: await digestOfFile(file, algorithmOf(digest)) };
  if (found.size !== size || found.digest !== digest) {
    throw blobDiffers(shown, found);
  }
}

/**
 * What a registry says that it should not, with the beginning of its own words, a hint that fits its status, and
 * `details`: `status`, and `retryAfter` where it names a time.
 */
export async function registryFault(session: Session, what: string, response: Response): Promise<StagedoorError> {
  const { status } = response;
  const words = await wordsOf(session, response);
  const retryAfter = response.headers.get('retry-after');
  return registryRefused({ shown: session.shown, what, status, words, retryAfter, ...hintFor(status) });
}

function hintFor(status: number): { hint?: string } {
  if (status === 404) {
    return { hint: 'Check the name of the repository. In some registries, such as ECR, create it before a push.' };
  }
  if (status === 413) {
    return { hint: 'Raise the largest request that the registry, or the proxy before it, accepts.' };
  }
  if (status === 429) {
    return { hint: 'The registry limits the request rate. Log in for a higher limit, or try again later.' };
  }
  if (status >= 500) return { hint: 'The registry has an internal error. Try again later, or contact its operator.' };
  return {};
}

/** Only for responses of the registry itself: it may redirect to a service whose responses this user should not see. */
async function wordsOf(session: Session, response: Response): Promise<string> {
  if (!session.isOwn(response.url)) {
    await response.body?.cancel();
    return '';
  }
  const what = { shown: session.shown, limits: ANSWER_LIMITS, tooLarge: 'REGISTRY_FAILED' } as const;
  const body = await readBody(response, what).catch(() => Buffer.alloc(0));
  return body.toString('utf8').replace(/\s+/g, ' ').slice(0, 300);
}
