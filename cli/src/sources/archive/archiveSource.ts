import { join } from 'node:path';
import { StagedoorError } from '@stagedoor/bundle';
import { download, shownAddress } from '../../bundles/download';
import { isLoopback } from '../../http/dispatcher';
import { formOf } from '../../install/list/packageText';
import type { Source } from '../../install/source';
import { checkIntegrity } from '../integrity';
import { scratchFolder } from '../scratch';
import { unpack } from '../unpack';

/**
 * Archives at https addresses; plain http only on this machine or where that is allowed. What they are is known by their
 * integrity alone, so there must be one. Throws INTEGRITY_MISSING, INTEGRITY_MISMATCH, DOWNLOAD_FAILED, ARCHIVE_*.
 */
export const archiveSource: Source = {
  accepts: (text) => formOf(text) === 'archive',
  async resolve({ package: address, integrity }, { insecure = false }) {
    const shown = shownAddress(address);
    const { protocol, hostname } = new URL(address);
    if (protocol !== 'https:' && !insecure && !isLoopback(hostname)) {
      throw new StagedoorError('DOWNLOAD_FAILED', `${shown} is not an https address.`, {
        hint: 'Use https, or allow plain http with --insecure.',
      });
    }
    if (integrity === undefined) throw new StagedoorError('INTEGRITY_MISSING', `${shown} has no integrity.`);
    return { kind: 'archive', key: address, identity: address, digest: integrity, integrity };
  },
  async fetch({ identity, integrity = '' }, folder, { signal, ca, insecure, onBytes, keep, admit }) {
    const scratch = await scratchFolder(folder);
    const file = join(scratch, 'archive.tgz');
    await download(identity, file, { signal, ca, insecure, onBytes });
    await checkIntegrity(file, integrity, shownAddress(identity));
    const dir = await unpack(file, scratch, { admit });
    await keep?.(file);
    return dir;
  },
};
