import { join } from 'node:path';
import { StagedoorError, integrityOf, redactAddress } from '@stagedoor/bundle';
import { download } from '../../bundles/download';
import { isSafe } from '../../http/dispatcher';
import { formOf } from '../../install/list/packageText';
import type { Source, SourceContext } from '../../install/source';
import { temporaryFolder } from '../../temporary/temporaryFolder';
import { checkIntegrity } from '../integrity';
import { npmHeaders } from '../../registry/npmHeaders';
import { npmSettingsReader } from '../../registry/npmSettings';
import { scratchFolder, unpack } from '../unpack';

/**
 * Archives at https addresses; plain http only on this machine or where that is allowed. What they are is known by their
 * integrity alone, so there must be one; where it may be absent, an archive is downloaded to learn it. Credentials come from .npmrc, by host and path. Throws INTEGRITY_MISSING,
 * INTEGRITY_MISMATCH, DOWNLOAD_FAILED, DOWNLOAD_TOO_SLOW, ARCHIVE_*.
 */
export function archiveSource(readSettings = npmSettingsReader()): Source {
  const fetchArchive = async (address: string, file: string, context: SourceContext): Promise<void> => {
    const { cwd, signal, ca, insecure, onBytes } = context;
    const settings = await readSettings(cwd);
    const { authorization } = await npmHeaders(new URL(address), { settings, insecure });
    await download(address, file, { signal, ca, insecure, onBytes, authorization });
  };
  const integrityNow = async (address: string, context: SourceContext): Promise<string> => {
    const { dir, dispose } = await temporaryFolder('resolve');
    try {
      const file = join(dir, 'archive.tgz');
      await fetchArchive(address, file, context);
      return await integrityOf(file);
    } finally {
      await dispose();
    }
  };
  return {
    accepts: (text) => formOf(text) === 'archive',
    async resolve({ package: address, integrity }, context) {
      const shown = redactAddress(address);
      if (!URL.canParse(address)) throw new StagedoorError('DOWNLOAD_FAILED', `${shown} is not an address.`);
      if (!isSafe(new URL(address), context.insecure)) {
        throw new StagedoorError('DOWNLOAD_FAILED', `${shown} is not an https address.`, {
          hint: 'Use https, or allow plain http with --insecure.',
        });
      }
      if (integrity === undefined && !context.skipIntegrity) {
        throw new StagedoorError('INTEGRITY_MISSING', `${shown} has no integrity.`);
      }
      const expected = integrity ?? (await integrityNow(address, context));
      return { kind: 'archive', key: shown, identity: shown, address, digest: expected, integrity: expected };
    },
    async fetch({ identity, address = identity, integrity = '' }, folder, context) {
      const { keep, admit, limits } = context;
      const scratch = await scratchFolder(folder);
      const file = join(scratch, 'archive.tgz');
      await fetchArchive(address, file, context);
      await checkIntegrity(file, integrity, identity);
      const dir = await unpack(file, scratch, { shown: identity, admit, limits });
      await keep?.(file);
      return dir;
    },
  };
}
