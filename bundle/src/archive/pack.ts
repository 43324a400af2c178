import { lstat, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { listPaths } from '../digest';
import { MANIFEST_FILE, SIGNATURE_FILE } from '../names';
import { integrityOf } from './integrity';

/** What {@link packBundle} wrote. */
export interface PackedBundle {
  file: string;
  /** Subresource integrity, `sha512-<base64>`, as npm prints it. */
  integrity: string;
}

/** The time npm gives every entry of a packed archive. */
const FIXED_MTIME = new Date('1985-10-26T08:15:00.000Z');

/**
 * Writes the bundle in `dir` as an npm-shaped `.tgz` (`package/…`): sorted entries, fixed time,
 * owner and mode, so equal content gives equal bytes. Signatures come along. Written beside `file`, then renamed.
 */
export async function packBundle(dir: string, file: string): Promise<PackedBundle> {
  const paths = (await listPaths(dir)).map((entry) => entry.path);
  const signed = (await lstat(join(dir, SIGNATURE_FILE)).catch(() => undefined))?.isFile() === true;
  const entries = [MANIFEST_FILE, ...(signed ? [SIGNATURE_FILE] : []), ...paths];
  const temporary = `${file}.${process.pid}.tmp`;
  const { create } = await import('tar');
  try {
    await create(
      {
        file: temporary,
        cwd: dir,
        gzip: { level: 9 },
        portable: true,
        mtime: FIXED_MTIME,
        prefix: 'package',
        onWriteEntry: (entry) => {
          if (entry.stat) entry.stat.mode = 0o100644;
        },
      },
      // A leading @ would make tar read the file as an archive to include.
      entries.map((path) => (path.startsWith('@') ? `./${path}` : path)),
    );
    const integrity = await integrityOf(temporary);
    await rename(temporary, file);
    return { file, integrity };
  } finally {
    await rm(temporary, { force: true });
  }
}
