import { join } from 'node:path';
import { StagedoorError, redactAddress } from '@stagedoor/bundle';
import { download } from '../../bundles/download';
import { isLoopback } from '../../http/dispatcher';
import { formOf } from '../../install/list/packageText';
import type { Source } from '../../install/source';
import { checkIntegrity } from '../integrity';
import { npmHeaders } from '../npm/npmHeaders';
import { npmSettingsReader } from '../npm/npmSettings';
import { scratchFolder, unpack } from '../unpack';

/**
 * Archives at https addresses; plain http only on this machine or where that is allowed. What they are is known by their
 * integrity alone, so there must be one. Credentials come from .npmrc, by host and path. Throws INTEGRITY_MISSING,
 * INTEGRITY_MISMATCH, DOWNLOAD_FAILED, DOWNLOAD_TOO_SLOW, ARCHIVE_*.
 */
export function archiveSource(readSettings = npmSettingsReader()): Source {
  return {
    accepts: (text) => formOf(text) === 'archive',
    async resolve({ package: address, integrity }, { insecure = false }) {
      const shown = redactAddress(address);
      if (!URL.canParse(address)) throw new StagedoorError('DOWNLOAD_FAILED', `${shown} is not an address.`);
      const { protocol, hostname } = new URL(address);
      if (protocol !== 'https:' && !insecure && !isLoopback(hostname)) {
        throw new StagedoorError('DOWNLOAD_FAILED', `${shown} is not an https address.`, {
          hint: 'Use https, or allow plain http with --insecure.',
        });
      }
      if (integrity === undefined) throw new StagedoorError('INTEGRITY_MISSING', `${shown} has no integrity.`);
      return Promise.resolve({ kind: 'archive', key: shown, identity: shown, address, digest: integrity, integrity });
    },
    async fetch({ identity, address = identity, integrity = '' }, folder, context) {
      const { cwd, signal, ca, insecure, onBytes, keep, admit } = context;
      const scratch = await scratchFolder(folder);
      const file = join(scratch, 'archive.tgz');
      const settings = await readSettings(cwd);
      const { authorization } = await npmHeaders(new URL(address), { settings, insecure });
      await download(address, file, { signal, ca, insecure, onBytes, authorization });
      await checkIntegrity(file, integrity, identity);
      const dir = await unpack(file, scratch, { admit });
      await keep?.(file);
      return dir;
    },
  };
}
