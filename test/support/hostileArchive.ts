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
}

/** Writes a `.tgz` that a well-behaved tool would not. */
export async function writeArchive(file: string, entries: readonly ArchiveEntry[]): Promise<void> {
  const blocks = entries.flatMap(({ path, type = 'File', linkpath, content = '' }) => {
    const body = Buffer.from(content);
    const header = new Header({ path, type, linkpath, size: body.length, mode: 0o644, mtime: new Date(0) });
    const block = Buffer.alloc(512);
    header.encode(block);
    return [block, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  await writeFile(file, gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)])));
}
