import { StagedoorError, isStagedoorError } from '@stagedoor/bundle';
import { basic } from '../http/basic';
import { save } from '../http/save';
import { rootMessage, send, type TransferContext } from '../http/send';
import { isDiskFault } from '../temporary/unwritable';

/** Bounds on a download; bundles are a few megabytes. */
export interface DownloadLimits {
  bytes: number;
  /** For the whole download, redirects and further attempts included. */
  timeoutMs: number;
}

/** How a download is made. */
export interface DownloadOptions extends TransferContext {
  limits?: DownloadLimits;
}

/** What a download may take unless told otherwise. */
export const DOWNLOAD_LIMITS: DownloadLimits = { bytes: 256 * 1024 * 1024, timeoutMs: 5 * 60_000 };

/**
 * Downloads an http(s) address into the new file `file`; what a busy server or a broken connection interrupts is taken
 * up again. Throws DOWNLOAD_FAILED, ARCHIVE_TOO_LARGE or CA_INVALID, the reason of the signal, or for a full disk what that says;
 * `file` may then be there in part.
 */
export async function download(url: string, file: string, options: DownloadOptions = {}): Promise<void> {
  const { limits = DOWNLOAD_LIMITS, onBytes, ...context } = options;
  const { address, shown, headers } = parseAddress(url);
  const timeout = AbortSignal.timeout(limits.timeoutMs);
  const signal = context.signal ? AbortSignal.any([context.signal, timeout]) : timeout;
  try {
    await save(
      async (range) => {
        const response = await send(address, { headers: { ...headers, ...range } }, { ...context, signal });
        if (response.ok) return response;
        await response.body?.cancel();
        throw new StagedoorError('DOWNLOAD_FAILED', `${shown} answers ${response.status} ${response.statusText}.`);
      },
      { file, shown, limit: limits.bytes, signal, onBytes },
    );
  } catch (cause) {
    context.signal?.throwIfAborted();
    if (isStagedoorError(cause) || isDiskFault(cause)) throw cause;
    const reason = timeout.aborted ? `not complete after ${limits.timeoutMs / 1000} s` : rootMessage(cause);
    throw new StagedoorError('DOWNLOAD_FAILED', `${shown}: ${reason}.`, { cause });
  }
}

/** An address without what may be secret in it: user name, password and query string. */
export function shownAddress(text: string): string {
  return parseAddress(text).shown;
}

/** A user name and password become a header; they, and query strings, can be secrets and are not shown. */
function parseAddress(text: string): { address: URL; shown: string; headers: Record<string, string> } {
  if (!URL.canParse(text)) throw new StagedoorError('DOWNLOAD_FAILED', 'The address of the bundle cannot be read.');
  const address = new URL(text);
  const { protocol, host, pathname, username, password } = address;
  address.username = address.password = '';
  const shown = `${protocol}//${host}${pathname}`;
  if (!username && !password) return { address, shown, headers: {} };
  return {
    address,
    shown,
    headers: { authorization: basic(decodeURIComponent(username), decodeURIComponent(password)) },
  };
}
