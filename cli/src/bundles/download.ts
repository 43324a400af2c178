import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StagedoorError } from '@stagedoor/bundle';

/** Bounds on a download; bundles are a few megabytes. */
export interface DownloadLimits {
  bytes: number;
  /** For the whole download, redirects included. */
  timeoutMs: number;
}

const DEFAULT_LIMITS: DownloadLimits = { bytes: 256 * 1024 * 1024, timeoutMs: 5 * 60_000 };

/**
 * Downloads an http(s) address into the new file `file`. Throws DOWNLOAD_FAILED or ARCHIVE_TOO_LARGE, or the reason of
 * `signal`; `file` may then be there in part.
 */
export async function download(
  url: string,
  file: string,
  signal?: AbortSignal,
  limits: DownloadLimits = DEFAULT_LIMITS,
): Promise<void> {
  const { address, shown, headers } = parseAddress(url);
  const timeout = AbortSignal.timeout(limits.timeoutMs);
  try {
    const response = await fetch(address, { headers, signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      throw new StagedoorError('DOWNLOAD_FAILED', `${shown} answers ${response.status} ${response.statusText}.`);
    }
    await pipeline(
      Readable.fromWeb(response.body),
      bounded(shown, limits.bytes),
      createWriteStream(file, { flags: 'wx' }),
    );
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof StagedoorError) throw cause;
    const reason = timeout.aborted ? `not complete after ${limits.timeoutMs / 1000} s` : rootMessage(cause);
    throw new StagedoorError('DOWNLOAD_FAILED', `${shown}: ${reason}.`, { cause });
  }
}

function bounded(shown: string, limit: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.length;
      if (bytes <= limit) done(null, chunk);
      else done(new StagedoorError('ARCHIVE_TOO_LARGE', `${shown} is larger than ${limit} bytes.`));
    },
  });
}

/** A user name and password become a header; they, and query strings, can be secrets and are not shown. */
function parseAddress(text: string): { address: URL; shown: string; headers: Record<string, string> } {
  if (!URL.canParse(text)) throw new StagedoorError('DOWNLOAD_FAILED', 'The address of the bundle cannot be read.');
  const address = new URL(text);
  const { protocol, host, pathname, username, password } = address;
  address.username = address.password = '';
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const headers = username || password ? { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } : {};
  return { address, shown: `${protocol}//${host}${pathname}`, headers: headers as Record<string, string> };
}

/** fetch says `fetch failed`; what failed is in its cause. */
function rootMessage(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error ? rootMessage(cause) : message;
}
