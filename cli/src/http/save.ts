import { isStagedoorError } from '@stagedoor/bundle';
import { open, type FileHandle } from 'node:fs/promises';
import type { Response } from 'undici';
import { tooSlow } from './errors';
import { Pace, type Download } from './limits';
import { boundedBody } from './readBody';
import { ATTEMPTS, delayAfter, isTransientFault, pause } from './retry';

/** Options of a download to a file. */
export interface SaveOptions extends Download {
  /** The new file. */
  file: string;
  /** True if the address always stands for the same bytes, so that two halves fit together. */
  immutable?: boolean;
  signal?: AbortSignal | undefined;
  /** Called as bytes come: how many so far, and of how many where that is known. */
  onBytes?(done: number, total?: number): void;
}

/** Makes the request for a download with these headers, again where that may help; its answer is 200 or 206. */
export type Ask = (request: { headers: Record<string, string>; signal: AbortSignal }) => Promise<Response>;

/** Progress of a download. */
interface Progress {
  have: number;
  total?: number;
  /** The ETag or date that the rest must go with. */
  validator?: string;
}

/**
 * Downloads into a new file. After a broken connection, only the rest is requested (`Range`), if the server supports it and
 * the content is unchanged. Gives up after five attempts without progress. Throws the code for too many bytes,
 * DOWNLOAD_TOO_SLOW, the reason of `signal`, errors of `ask`, and network errors unchanged; `file` may then be incomplete.
 */
export async function save(ask: Ask, options: SaveOptions): Promise<void> {
  const timeout = AbortSignal.timeout(options.limits.timeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  const handle = await open(options.file, 'wx');
  try {
    await saveTo(handle, ask, { ...options, signal });
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!timeout.aborted || (isStagedoorError(error) && error.code === options.tooLarge)) throw error;
    throw tooSlow(options, `not complete after ${options.limits.timeoutMs / 1000} s`);
  } finally {
    await handle.close();
  }
}

async function saveTo(handle: FileHandle, ask: Ask, options: SaveOptions & { signal: AbortSignal }): Promise<void> {
  const { signal } = options;
  const progress: Progress = { have: 0 };
  const pace = new Pace(options);
  for (let failed = 0; ;) {
    const before = progress.have;
    const response = await pace.outside(() => ask({ headers: rangeOf(progress), signal }));
    try {
      return await append(response, handle, { progress, pace, options });
    } catch (error) {
      signal.throwIfAborted();
      failed = progress.have > before ? 1 : failed + 1;
      if (failed >= ATTEMPTS || !isTransientFault(error)) throw error;
      if (!options.immutable && progress.validator === undefined) progress.have = 0;
      await pause(delayAfter(failed)!, signal);
    }
  }
}

function rangeOf({ have, validator }: Progress): Record<string, string> {
  if (have === 0) return {};
  return { range: `bytes=${have}-`, ...(validator !== undefined && { 'if-range': validator }) };
}

/** Writes one answer after what is there already, or over it where the server sends all of it again. */
async function append(
  response: Response,
  handle: FileHandle,
  { progress, pace, options }: { progress: Progress; pace: Pace; options: SaveOptions },
): Promise<void> {
  const { shown, onBytes } = options;
  const { headers } = response;
  const start = /^bytes (\d+)-/.exec(headers.get('content-range') ?? '')?.[1];
  if (response.status !== 206 || Number(start) !== progress.have) {
    if (response.status === 206) throw brokenOff(shown);
    progress.have = 0;
    await handle.truncate(0);
  }
  const length = headers.get('content-length');
  progress.total = length === null ? undefined : progress.have + Number(length);
  const tag = headers.get('etag');
  progress.validator = tag?.startsWith('"') ? tag : (headers.get('last-modified') ?? undefined);
  for await (const bytes of boundedBody(response, options, { pace, before: progress.have })) {
    // A disk that is nearly full takes a part, and reports the error with the rest.
    for (let at = 0; at < bytes.length;) {
      at += (await handle.write(bytes, at, bytes.length - at, progress.have + at)).bytesWritten;
    }
    progress.have += bytes.length;
    onBytes?.(progress.have, progress.total);
  }
  if (progress.total !== undefined && progress.have < progress.total) throw brokenOff(shown);
}

function brokenOff(shown: string): Error {
  return Object.assign(new Error(`${shown} ended early`), { code: 'ECONNRESET' });
}
