import { StagedoorError, concurrently, isInside, type ExtractLimits } from '@stagedoor/bundle';
import { constants, type Dirent } from 'node:fs';
import { copyFile, mkdir, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Copies a dropped folder as the loader will run it: plain files and folders only. Copies are reflinks where the
 * file system can (never hard links: a drop that is overwritten in place would write through them). A link to a file
 * inside the drop becomes a copy of it; `.bin` folders are left out. Throws ARCHIVE_UNSAFE, ARCHIVE_TOO_LARGE.
 */
export async function copyFolder(from: string, to: string, limits: ExtractLimits): Promise<void> {
  const root = await realpath(from);
  let bytes = 0;
  let entries = 0;
  async function copy(source: string, target: string, path: string): Promise<void> {
    await mkdir(target, { recursive: true });
    const inside = (await readdir(source, { withFileTypes: true })).filter(({ name }) => name !== '.bin');
    const [folders, files] = [
      inside.filter((entry) => entry.isDirectory()),
      inside.filter((entry) => !entry.isDirectory()),
    ];
    const innerPath = ({ name }: Dirent): string => (path ? `${path}/${name}` : name);
    await concurrently(files, (entry) =>
      copyOne(entry, join(source, entry.name), join(target, entry.name), innerPath(entry)),
    );
    for (const entry of folders) await copy(join(source, entry.name), join(target, entry.name), innerPath(entry));
  }
  async function copyOne(entry: Dirent, source: string, target: string, inner: string): Promise<void> {
    if (!entry.isFile() && !entry.isSymbolicLink()) {
      throw new StagedoorError('ARCHIVE_UNSAFE', `${inner} is neither a file, a folder nor a link.`);
    }
    const real = entry.isSymbolicLink() ? await insideLink(root, source, inner) : source;
    bytes += (await stat(real)).size;
    if (++entries > limits.entries || bytes > limits.bytes) {
      throw new StagedoorError(
        'ARCHIVE_TOO_LARGE',
        `${from} holds more than ${limits.bytes} bytes or ${limits.entries} files.`,
      );
    }
    await copyFile(real, target, constants.COPYFILE_FICLONE);
  }
  await copy(root, to, '');
}

async function insideLink(root: string, file: string, inner: string): Promise<string> {
  const real = await realpath(file).catch(() => undefined);
  if (!real || !isInside(root, real) || !(await stat(real)).isFile()) {
    throw new StagedoorError('ARCHIVE_UNSAFE', `${inner} is a link that does not lead to a file inside the drop.`, {
      hint: 'Drop a folder without links, e.g. copied with `cp -rL`.',
    });
  }
  return real;
}
