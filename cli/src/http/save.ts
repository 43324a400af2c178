import { open, type FileHandle } from 'node:fs/promises';
import { StagedoorError } from '@stagedoor/bundle';
import type { Response } from 'undici';
import { ATTEMPTS, delayAfter, isTransientFault, pause } from './retry';

/** How an answer is kept. */
export interface SaveOptions {
  /** The new file. */
  file: string;
  /** What the download is called in errors; without secrets. */
  shown: string;
  /** Bytes that it may have at most. */
  limit: number;
  /** True where the address always stands for the same bytes, so that two halves fit together. */
  immutable?: boolean;
  signal?: AbortSignal;
  /** Called as bytes come: how many so far, and of how many where that is known. */
  onBytes?(done: number, total?: number): void;
}

/** What has come of a download so far. */
interface Progress {
  have: number;
  total?: number;
  /** The ETag or date that the rest must go with. */
  validator?: string;
}

/**
 * Downloads into a new file. `ask` makes the request with the headers it is given and returns the answer, 200 or 206;
 * where the connection breaks, only the rest is asked for (`Range`), if the server can do that and the content is still
 * the same. Gives up after five attempts that brought nothing. Throws ARCHIVE_TOO_LARGE, what `ask` throws, and faults of
 * the network as they are; `file` may then be there in part.
 */
export async function save(
  ask: (headers: Record<string, string>) => Promise<Response>,
  options: SaveOptions,
): Promise<void> {
  const handle = await open(options.file, 'wx');
  const progress: Progress = { have: 0 };
  try {
    for (let failed = 0; ;) {
      const before = progress.have;
      try {
        return await append(await ask(rangeOf(progress)), handle, progress, options);
      } catch (error) {
        options.signal?.throwIfAborted();
        failed = progress.have > before ? 1 : failed + 1;
        if (failed >= ATTEMPTS || !isTransientFault(error)) throw error;
        if (!options.immutable && progress.validator === undefined) progress.have = 0;
        await pause(delayAfter(failed)!, options.signal);
      }
    }
  } finally {
    await handle.close();
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
  progress: Progress,
  { shown, limit, onBytes }: SaveOptions,
): Promise<void> {
  const start = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
  if (response.status !== 206 || Number(start) !== progress.have) {
    if (response.status === 206) throw brokenOff(shown);
    progress.have = 0;
    await handle.truncate(0);
  }
  const { headers, body } = response;
  const length = headers.get('content-length');
  progress.total = length === null ? undefined : progress.have + Number(length);
  const tag = headers.get('etag');
  progress.validator = tag?.startsWith('"') ? tag : (headers.get('last-modified') ?? undefined);
  if ((progress.total ?? 0) > limit) {
    await body?.cancel();
    throw tooLong(shown, limit);
  }
  for await (const chunk of body ?? []) {
    const bytes = chunk as Uint8Array;
    if (progress.have + bytes.length > limit) throw tooLong(shown, limit);
    await handle.write(bytes, 0, bytes.length, progress.have);
    progress.have += bytes.length;
    onBytes?.(progress.have, progress.total);
  }
  if (progress.total !== undefined && progress.have < progress.total) throw brokenOff(shown);
}

function tooLong(shown: string, limit: number): StagedoorError {
  return new StagedoorError('ARCHIVE_TOO_LARGE', `${shown} is larger than ${limit} bytes.`);
}

function brokenOff(shown: string): Error {
  return Object.assign(new Error(`${shown} broke off`), { code: 'ECONNRESET' });
}
