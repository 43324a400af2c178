import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { listFiles } from '../digest';
import { MANIFEST_FILE, SIGNATURE_FILE } from '../names';

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
  const paths = (await listFiles(dir)).map((entry) => entry.path);
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
    const hash = createHash('sha512');
    await pipeline(createReadStream(temporary), hash);
    await rename(temporary, file);
    return { file, integrity: `sha512-${hash.digest('base64')}` };
  } finally {
    await rm(temporary, { force: true });
  }
}
