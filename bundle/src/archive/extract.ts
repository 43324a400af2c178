import { mkdir } from 'node:fs/promises';
import { StagedoorError, isStagedoorError } from '../error';
import { isBundlePath } from '../paths';

/** Bounds on what an archive may unpack to. */
export interface ExtractLimits {
  /** Sum of all entry sizes, bytes. */
  bytes: number;
  /** Number of entries. */
  entries: number;
}

/** Generous for a plugin with a hoisted `node_modules`, small enough for a full disk to be unlikely. */
export const DEFAULT_LIMITS: ExtractLimits = { bytes: 512 * 1024 * 1024, entries: 50_000 };

/** What writing fails with, as opposed to reading the archive. */
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EROFS']);

/**
 * Unpacks a `.tgz` into the existing or new folder `dir`, without the top folder (`package/`, as npm packs it, or `./`).
 * Only plain files and folders with plain relative names are taken. Throws ARCHIVE_INVALID,
 * ARCHIVE_UNSAFE, ARCHIVE_TOO_LARGE, or OUTPUT_UNWRITABLE for a full disk; `dir` is then partly filled and the caller removes it.
 */
export async function extractArchive(file: string, dir: string, limits: ExtractLimits = DEFAULT_LIMITS): Promise<void> {
  await mkdir(dir, { recursive: true });
  const seen = new Set<string>();
  let bytes = 0;
  const check = (path: string, type: string, size: number): void => {
    const name = path.replace(/^\.\//, '').replace(/\/$/, '');
    if (type !== 'File' && type !== 'OldFile' && type !== 'ContiguousFile' && type !== 'Directory') {
      throw new StagedoorError('ARCHIVE_UNSAFE', `${JSON.stringify(name)} is a ${type}.`);
    }
    if (name === '.' || name === '') return;
    if (!isBundlePath(name)) {
      throw new StagedoorError('ARCHIVE_UNSAFE', `${JSON.stringify(name)} is not a plain relative path.`);
    }
    const key = name.normalize('NFC').toLowerCase();
    if (type !== 'Directory' && seen.has(key)) {
      throw new StagedoorError('ARCHIVE_UNSAFE', `${JSON.stringify(name)} occurs twice.`);
    }
    seen.add(key);
    bytes += size;
    if (bytes > limits.bytes || seen.size > limits.entries) {
      throw new StagedoorError(
        'ARCHIVE_TOO_LARGE',
        `${file} unpacks to more than ${limits.bytes} bytes or ${limits.entries} entries.`,
      );
    }
  };
  let fault: unknown;
  // Imported late: most uses of this package have no archive to read.
  const { extract } = await import('tar');
  try {
    await extract({
      file,
      cwd: dir,
      strip: 1,
      strict: true,
      noMtime: true,
      preserveOwner: false,
      fmode: 0o644,
      dmode: 0o755,
      filter: (path, entry) => {
        if (fault) return false;
        try {
          const type = 'type' in entry ? entry.type : 'Directory';
          check(path, type, 'size' in entry ? (entry.size ?? 0) : 0);
          return true;
        } catch (error) {
          fault = error;
          return false;
        }
      },
    });
  } catch (cause) {
    if (!fault && NO_ROOM.has((cause as NodeJS.ErrnoException).code ?? '')) {
      throw new StagedoorError('OUTPUT_UNWRITABLE', `${dir}: ${(cause as Error).message}`, {
        hint: 'Free space on the disk, or correct the permissions of the folder.',
        cause,
      });
    }
    if (!fault) {
      throw new StagedoorError('ARCHIVE_INVALID', `${file} cannot be read: ${(cause as Error).message}`, { cause });
    }
  }
  if (fault) throw isStagedoorError(fault) ? fault : new StagedoorError('ARCHIVE_INVALID', String(fault));
}
