import { StagedoorError, isStagedoorError } from '@stagedoor/bundle';
import { errorText } from '../../text/errorText';
import { ARCHIVE_LIMITS } from '../../http/limits';
import { save } from '../../http/save';
import { send, type TransferContext } from '../../http/send';
import { isDiskFault } from '../../temporary/unwritable';
import { npmHeaders, withoutUser } from '../../registry/npmHeaders';
import { registryOf } from '../../registry/npmSettings';
import type { RegistryContext } from '../../registry/packument';

/**
 * Downloads an archive of the package `name` into the new file `file`. Throws PACKAGE_NOT_FOUND, FETCH_FAILED,
 * ARCHIVE_TOO_LARGE, DOWNLOAD_TOO_SLOW, CA_INVALID, or for a full disk what that says.
 */
export async function downloadTarball(
  { name, shown, tarball }: { name: string; shown: string; tarball: string },
  file: string,
  { settings, onBytes, ...context }: RegistryContext & TransferContext,
): Promise<void> {
  const url = ownHost(new URL(tarball), settings);
  const own = await npmHeaders(url, { settings, name, insecure: context.insecure });
  try {
    await save(
      async ({ headers, signal }) => {
        const response = await send(withoutUser(url), { headers: { ...own, ...headers }, signal }, context);
        if (response.ok) return response;
        await response.body?.cancel();
        const code = response.status === 404 ? 'PACKAGE_NOT_FOUND' : 'FETCH_FAILED';
        throw new StagedoorError(code, `${shown}: ${url.href} answers ${response.status} ${response.statusText}.`);
      },
      { file, shown, limits: ARCHIVE_LIMITS, tooLarge: 'ARCHIVE_TOO_LARGE', signal: context.signal, onBytes },
    );
  } catch (cause) {
    context.signal?.throwIfAborted();
    if (isStagedoorError(cause) || isDiskFault(cause)) throw cause;
    throw new StagedoorError('FETCH_FAILED', `${shown} could not be fetched: ${errorText(cause)}.`, { cause });
  }
}

/** Mirrors list the archives of the public registry; as npm does, they are asked themselves (`replace-registry-host`). */
function ownHost(url: URL, settings: RegistryContext['settings']): URL {
  const { replaceRegistryHost } = settings;
  const replaced =
    typeof replaceRegistryHost !== 'string' || replaceRegistryHost === 'npmjs'
      ? 'registry.npmjs.org'
      : replaceRegistryHost;
  if (replaced === 'never' || (replaced !== 'always' && replaced !== url.host)) return url;
  return new URL(url.pathname, registryOf(undefined, settings));
}
