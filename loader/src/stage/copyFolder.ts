import { Contents, StagedoorError, concurrently, isInside, type ContentLimits } from '@stagedoor/bundle';
import { constants, type Dirent } from 'node:fs';
import { copyFile, mkdir, open, opendir, realpath, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** Linux names an open file; elsewhere the path stands for it, which a drop that is changed meanwhile could fool. */
const NAMES_HANDLES = process.platform === 'linux';

/**
 * Copies a dropped folder as the loader will run it: plain files and folders only. Copies are reflinks where the
 * file system can (never hard links: a drop that is overwritten in place would write through them). A link to a file
 * inside the drop becomes a copy of it; `.bin` folders are left out. What is copied is what was judged, also when the
 * drop is changed meanwhile: each file is opened once, without waiting for a FIFO, and judged and copied as opened.
 * Throws ARCHIVE_UNSAFE, ARCHIVE_TOO_LARGE.
 */
export async function copyFolder(from: string, to: string, limits: ContentLimits): Promise<void> {
  const root = await realpath(from);
  const contents = new Contents(from, limits);
  async function copy(source: string, target: string, path: string): Promise<void> {
    await mkdir(target, { recursive: true });
    const innerPath = ({ name }: Dirent): string => (path ? `${path}/${name}` : name);
    const folders: Dirent[] = [];
    const files: Dirent[] = [];
    // Entry by entry: a folder may hold more names than there is memory for.
    for await (const entry of await opendir(source, { bufferSize: 256 })) {
      if (entry.name === '.bin') continue;
      if (entry.isDirectory()) contents.addFolder(innerPath(entry));
      else contents.addFile(innerPath(entry), 0);
      (entry.isDirectory() ? folders : files).push(entry);
    }
    await concurrently(files, (entry) =>
      copyOne(entry, join(source, entry.name), join(target, entry.name), innerPath(entry)),
    );
    for (const entry of folders) await copy(join(source, entry.name), join(target, entry.name), innerPath(entry));
  }
  async function copyOne(entry: Dirent, source: string, target: string, inner: string): Promise<void> {
    if (!entry.isFile() && !entry.isSymbolicLink()) throw notAFile(inner);
    const real = entry.isSymbolicLink() ? await insideLink(root, source, inner) : source;
    const handle = await openPlain(real, inner);
    try {
      const opened = NAMES_HANDLES ? `/proc/self/fd/${handle.fd}` : real;
      if (!isInside(root, await realpath(opened))) throw notInside(inner);
      contents.addBytes((await handle.stat()).size);
      await copyFile(opened, target, constants.COPYFILE_FICLONE);
    } finally {
      await handle.close();
    }
  }
  await copy(root, to, '');
}

/** Opens a file that was one when its folder was listed, and refuses what has taken its place. */
async function openPlain(file: string, inner: string): Promise<FileHandle> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(file, flags).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ELOOP' || error.code === 'ENXIO' ? notAFile(inner) : error;
  });
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw notAFile(inner);
}

async function insideLink(root: string, file: string, inner: string): Promise<string> {
  const real = await realpath(file).catch(() => undefined);
  if (!real || !isInside(root, real) || !(await stat(real)).isFile()) throw notInside(inner);
  return real;
}

function notInside(inner: string): StagedoorError {
  return new StagedoorError('ARCHIVE_UNSAFE', `${inner} is a link that does not lead to a file inside the drop.`, {
    hint: 'Drop a folder without links, e.g. copied with `cp -rL`.',
  });
}

function notAFile(inner: string): StagedoorError {
  return new StagedoorError('ARCHIVE_UNSAFE', `${inner} is neither a file, a folder nor a link.`);
}
