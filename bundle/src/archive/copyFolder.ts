import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, open, opendir, realpath, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { concurrently } from '../concurrently';
import { StagedoorError } from '../error';
import { isInside } from '../paths';
import { Contents, plainMode, type ContentLimits } from './contents';

/** Linux names an open file; elsewhere the path stands for it, which a drop that is changed meanwhile could fool. */
const NAMES_HANDLES = process.platform === 'linux';

/**
 * Copies a dropped folder as the loader will run it: plain files and folders only. Copies are reflinks where the
 * file system can (never hard links: a drop that is overwritten in place would write through them). A link to a file
 * inside the drop becomes a copy of it; `.bin` folders are left out, and so are permissions other than to run a file. What is copied is what was judged, also when the
 * drop is changed meanwhile: each file is opened once, without waiting for a FIFO, and judged and copied as opened.
 * Throws ARCHIVE_UNSAFE, ARCHIVE_TOO_LARGE.
 */
export async function copyFolder(from: string, to: string, limits: ContentLimits): Promise<void> {
  const root = await realpath(from);
  const contents = new Contents(from, limits);
  const { folders, files } = await listFolder(root, contents);
  for (const folder of ['', ...folders]) await mkdir(join(to, folder), { recursive: true, mode: 0o755 });
  await concurrently(files, async ({ path, isLink }) => {
    const source = join(root, path);
    const real = isLink ? await insideLink(root, source, path) : source;
    const handle = await openPlain(real, path);
    try {
      const opened = NAMES_HANDLES ? `/proc/self/fd/${handle.fd}` : real;
      if (!isInside(root, await realpath(opened))) throw notInside(path);
      const { size, mode } = await handle.stat();
      contents.addBytes(size);
      await copyFile(opened, join(to, path), constants.COPYFILE_FICLONE);
      await chmod(join(to, path), plainMode(mode));
    } finally {
      await handle.close();
    }
  });
}

/** What a folder drop holds: paths below it, folders before what is in them. */
interface Listing {
  folders: string[];
  files: Array<{ path: string; isLink: boolean }>;
}

/** Lists all of a drop, before any of it is copied: one that is refused for its names or number leaves nothing to remove. */
async function listFolder(root: string, contents: Contents): Promise<Listing> {
  const listing: Listing = { folders: [], files: [] };
  async function list(folder: string): Promise<void> {
    const below: string[] = [];
    // Entry by entry: a folder may hold more names than there is memory for.
    for await (const entry of await opendir(join(root, folder), { bufferSize: 256 })) {
      if (entry.name === '.bin') continue;
      const path = folder ? `${folder}/${entry.name}` : entry.name;
      if (entry.isDirectory()) {
        contents.addFolder(path);
        listing.folders.push(path);
        below.push(path);
      } else {
        if (!entry.isFile() && !entry.isSymbolicLink()) throw notAFile(path);
        contents.addFile(path, 0);
        listing.files.push({ path, isLink: entry.isSymbolicLink() });
      }
    }
    for (const path of below) await list(path);
  }
  await list('');
  return listing;
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
