import { isStagedoorError, redactAddress } from '@stagedoor/bundle';
import { errorText } from '../text/errorText';
import { ARCHIVE_LIMITS, type DownloadLimits } from '../http/limits';
import { save } from '../http/save';
import { basicAuthorization, send, type TransferContext } from '../http/send';
import { isDiskFault } from '../temporary/unwritable';
import { addressInvalid, downloadFailed, downloadRefused } from './errors';

/** Options of a download. */
export interface DownloadOptions extends TransferContext {
  limits?: DownloadLimits;
  /** Value of an Authorization header, for the origin of the address only. */
  authorization?: string | undefined;
}

/**
 * Downloads an http(s) address into the new file `file`; resumes after a busy server or a broken connection. Throws
 * DOWNLOAD_FAILED, DOWNLOAD_TOO_SLOW, ARCHIVE_TOO_LARGE or CA_INVALID, the reason of the signal, or the file system error of
 * a full disk; `file` may then be incomplete.
 */
export async function download(url: string, file: string, options: DownloadOptions = {}): Promise<void> {
  const { limits = ARCHIVE_LIMITS, onBytes, ...context } = options;
  const { address, authorization = options.authorization } = parseAddress(url);
  const shown = redactAddress(url);
  const own: Record<string, string> = authorization === undefined ? {} : { authorization };
  try {
    await save(
      async ({ headers, signal }) => {
        const response = await send(address, { headers: { ...own, ...headers }, signal }, context);
        if (response.ok) return response;
        await response.body?.cancel();
        throw downloadRefused(shown, response);
      },
      { file, shown, limits, tooLarge: 'ARCHIVE_TOO_LARGE', signal: context.signal, onBytes },
    );
  } catch (cause) {
    context.signal?.throwIfAborted();
    if (isStagedoorError(cause) || isDiskFault(cause)) throw cause;
    throw downloadFailed(shown, errorText(cause), cause);
  }
}

/** A user name and password become a header, because `fetch` rejects addresses with them. */
function parseAddress(text: string): { address: URL; authorization?: string } {
  if (!URL.canParse(text)) throw addressInvalid();
  const address = new URL(text);
  const { username, password } = address;
  address.username = address.password = '';
  if (!username && !password) return { address };
  return { address, authorization: basicAuthorization(decodeURIComponent(username), decodeURIComponent(password)) };
}
