import { constants } from 'node:fs';
import { waitingFileSystem, type FileSystem } from './fileSystem';

/** Reasons for which {@link readBounded} rejects a file. */
export type Refused = 'absent' | 'not-a-file' | 'too-large';

/**
 * Reads a file of at most `limit` bytes, or returns the reason why not. It neither blocks nor fills the memory: a FIFO is
 * opened without waiting for a writer, and at most `limit` bytes of a growing file are read. File system errors other than
 * absence pass unchanged.
 */
export async function readBounded(
  file: string,
  limit: number,
  fs: FileSystem = waitingFileSystem,
): Promise<Buffer | Refused> {
  let handle;
  try {
    handle = await fs.open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'absent';
    // A socket cannot be opened at all.
    if (code === 'ENXIO' || code === 'ELOOP') return 'not-a-file';
    throw error;
  }
  try {
    const info = await handle.stat();
    if (!info.isFile()) return 'not-a-file';
    if (info.size > limit) return 'too-large';
    const buffer = Buffer.alloc(info.size + 1);
    let length = 0;
    for (;;) {
      const read = await handle.read(buffer.subarray(length), length);
      if (read === 0) return buffer.subarray(0, length);
      length += read;
      if (length > info.size) return 'too-large';
    }
  } finally {
    await handle.close();
  }
}
