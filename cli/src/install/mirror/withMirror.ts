import { extractLayer, type ContentLimits } from '@stagedoor/bundle';
import { open, stat } from 'node:fs/promises';
import { cannotUnpack } from '../../temporary/errors';
import { temporaryFolder } from '../../temporary/temporaryFolder';
import { mirrorInvalid } from '../errors';
import { ARCHIVE_TOP } from './mirrorOutput';

/** What an archive of a mirror may hold: what many lists of plugins need. */
const LIMITS: ContentLimits = { bytes: 16 * 1024 * 1024 * 1024, entries: 50_000 };

/**
 * Gives `use` the folder of a mirror: `path` itself, or an archive of one, unpacked into a temporary folder as every
 * archive is, for as long as `use` takes. Throws MIRROR_INVALID, ARCHIVE_*, OUTPUT_UNWRITABLE.
 */
export async function withMirror<T>(path: string, use: (dir: string) => Promise<T>): Promise<T> {
  const info = await stat(path).catch(() => undefined);
  if (info?.isDirectory()) return await use(path);
  if (!info?.isFile()) throw mirrorInvalid(path, ' is neither a folder nor an archive.');
  const { dir, dispose } = await temporaryFolder('mirror').catch((cause: Error) => {
    throw cannotUnpack('The mirror', cause);
  });
  try {
    await extractLayer(
      { file: path, compression: (await isGzip(path)) ? 'gzip' : 'none', folder: ARCHIVE_TOP, limits: LIMITS },
      dir,
    );
    return await use(dir);
  } finally {
    await dispose();
  }
}

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.readUInt16BE() === 0x1f8b;
  } finally {
    await handle.close();
  }
}
