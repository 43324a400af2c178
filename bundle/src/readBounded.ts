import { constants } from 'node:fs';
import { waitingFileSystem, type FileSystem } from './fileSystem';

/** What {@link readBounded} refuses. */
export type Refused = 'absent' | 'not-a-file' | 'too-large';

/**
 * Reads a file of at most `limit` bytes; what cannot be read so is told by name. Nothing makes it wait or fills the
 * memory: a FIFO is opened without anybody who writes to it, and of a file that grows no more than `limit` is read.
 * Faults of the file system other than absence come as they are.
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
