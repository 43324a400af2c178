import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes and number of the files below a folder; links are not followed. */
export async function treeSize(dir) {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  let bytes = 0;
  for (const file of files) bytes += (await lstat(join(file.parentPath, file.name))).size;
  return { bytes, files: files.length };
}
