import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';

/** One entry, written as it is given: nothing is made safe. */
export interface ArchiveEntry {
  path: string;
  /** Default: `File`. */
  type?: Header['type'];
  linkpath?: string;
  content?: string | Buffer;
  /** Default: 0644. */
  mode?: number;
  /** Bytes of the header that are replaced before its checksum is written: sizes below zero, unknown types. */
  patch?: ReadonlyArray<readonly [at: number, byte: number]>;
}

/** The bytes of a tar that a well-behaved tool would not write, with its end unless `end` is false. */
export function archiveBytes(entries: readonly ArchiveEntry[], end = true): Buffer {
  const blocks = entries.flatMap(({ path, type = 'File', linkpath, content = '', mode = 0o644, patch = [] }) => {
    const body = Buffer.from(content);
    const header = new Header({ path, type, linkpath, size: body.length, mode, mtime: new Date(0) });
    const block = Buffer.alloc(512);
    header.encode(block);
    for (const [at, byte] of patch) block[at] = byte;
    if (patch.length > 0) writeChecksum(block);
    return [block, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(end ? 1024 : 0)]);
}

/** The sum of all bytes, its own eight taken as spaces, in octal (POSIX.1-1988, ustar). */
function writeChecksum(block: Buffer): void {
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}

/** Writes {@link archiveBytes} as a `.tgz`. */
export async function writeArchive(file: string, entries: readonly ArchiveEntry[]): Promise<void> {
  await writeFile(file, gzipSync(archiveBytes(entries)));
}
