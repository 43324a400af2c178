import { constants } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { concurrently } from '../concurrently';
import { waitingFileSystem, type FileSystem, type OpenFile } from '../fileSystem';
import { litterIn, type LitterFilter } from '../litter';
import { isInside } from '../paths';
import type { BundleFile } from '../manifest';
import { Contents, type ContentLimits } from './contents';
import { linkLeadsOutside, notAFile } from './errors';
import { FOLDER_MODE } from './plainMode';

/**
 * Linux has a path for an open file; elsewhere the original path is used, which is not safe against concurrent changes of a
 * drop.
 */
const NAMES_HANDLES = process.platform === 'linux';

/**
 * Copies a dropped folder in the form that the loader runs: plain files and folders only. Copies are reflinks where the file
 * system supports them (never hard links: overwriting the drop in place would change them). A link to a file inside the drop
 * becomes a copy of it; `.bin` folders and litter are left out. The copied content is the checked content even if the drop
 * changes meanwhile: each file is opened once, without waiting for a FIFO, and checked and copied through that handle. Files
 * get the mode 0644 or 0755, and a failed copy is removed. Returns the files of the copy for comparison with a manifest.
 * Throws ARCHIVE_UNSAFE, ARCHIVE_TOO_LARGE.
 */
export async function copyFolder(
  from: string,
  to: string,
  limits: ContentLimits,
  fs: FileSystem = waitingFileSystem,
): Promise<BundleFile[]> {
  const root = await fs.realpath(from);
  const contents = new Contents(from, limits);
  const { folders, files } = await listFolder(root, contents, fs, litterIn(root));
  try {
    await fs.mkdir(to, { recursive: true, mode: FOLDER_MODE });
    for (const folder of folders) await fs.mkdir(join(to, folder), { recursive: true, mode: FOLDER_MODE });
    return await concurrently(files, (file) => copyListed({ root, to, contents, fs }, file));
  } catch (error) {
    await rm(to, { recursive: true, force: true });
    throw error;
  }
}

/** A running copy. */
interface Copying {
  root: string;
  to: string;
  contents: Contents;
  fs: FileSystem;
}

async function copyListed(
  { root, to, contents, fs }: Copying,
  { path, isLink }: Listing['files'][number],
): Promise<BundleFile> {
  const source = join(root, path);
  const real = isLink ? await insideLink(root, source, path, fs) : source;
  const handle = await openPlain(real, path, fs);
  try {
    const opened = NAMES_HANDLES ? `/proc/self/fd/${handle.fd}` : real;
    if (!isInside(root, await fs.realpath(opened))) throw linkLeadsOutside(path);
    const { size, mode } = await handle.stat();
    contents.checkSize(path, size);
    contents.addBytes(size);
    return { path, ...(await fs.copy(handle, opened, join(to, path), { size, mode })) };
  } finally {
    await handle.close();
  }
}

/** The content of a folder drop: relative paths, folders before their content. */
interface Listing {
  folders: string[];
  files: Array<{ path: string; isLink: boolean }>;
}

/** Lists the whole drop before anything is copied: a drop with too many or unsafe names leaves nothing to remove. */
async function listFolder(root: string, contents: Contents, fs: FileSystem, isLitter: LitterFilter): Promise<Listing> {
  const listing: Listing = { folders: [], files: [] };
  async function list(folder: string): Promise<void> {
    const below: string[] = [];
    // Entry by entry: a folder may contain more names than fit into memory.
    for await (const entry of await fs.entries(join(root, folder))) {
      if (entry.name === '.bin') continue;
      const path = folder ? `${folder}/${entry.name}` : entry.name;
      if (await isLitter(path)) continue;
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

/** Opens a file that was listed as one, and rejects anything that has replaced it since. */
async function openPlain(file: string, inner: string, fs: FileSystem): Promise<OpenFile> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  let opened;
  try {
    opened = await fs.open(file, flags);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ELOOP' || code === 'ENXIO' ? notAFile(inner) : error;
  }
  if ((await opened.stat()).isFile()) return opened;
  await opened.close();
  throw notAFile(inner);
}

async function insideLink(root: string, file: string, inner: string, fs: FileSystem): Promise<string> {
  try {
    const real = await fs.realpath(file);
    if (isInside(root, real) && (await fs.stat(real)).isFile()) return real;
  } catch {
    // Leads nowhere.
  }
  throw linkLeadsOutside(inner);
}
