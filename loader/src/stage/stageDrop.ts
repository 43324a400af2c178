import {
  DEFAULT_LIMITS,
  checkFiles,
  copyFolder,
  digestOf,
  extractArchive,
  fileName,
  isNoRoom,
  isStagedoorError,
  listFiles,
  listedOf,
  readManifest,
  readPackageJson,
  waitingFileSystem,
  type BundleFile,
  type FileSystem,
} from '@stagedoor/bundle';
import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Drop } from '../scan/drop';
import { manifestOfOtherPackage, manifestAbsent, dropUnreadable, stateUnwritable } from './errors';
import { copyName, isIntact } from './readStaged';
import type { Shelves } from './shelf';
import type { StagedBundle } from './stagedBundle';

/**
 * Copies a drop into the state folder, checks the copy against its manifest and gives it its final place, named by content.
 * Throws the codes of `readPackageJson`, `readManifest`, `checkFiles` and `extractArchive`, DROP_UNREADABLE,
 * STATE_UNWRITABLE.
 */
export async function stageDrop(
  drop: Drop,
  shelves: Shelves,
  fs: FileSystem = waitingFileSystem,
): Promise<StagedBundle> {
  const scratch = join(shelves.temporary, randomBytes(8).toString('hex'));
  try {
    let files: BundleFile[];
    if (drop.kind === 'archive') {
      await extractArchive(drop.path, scratch);
      files = await listFiles(scratch, fs);
    } else {
      // Read first, so that a folder that is not a package is not copied.
      await readPackageJson(drop.path, fs);
      files = listedOf(await copyFolder(drop.path, scratch, DEFAULT_LIMITS, fs));
    }
    const packageJson = await readPackageJson(scratch, fs);
    const manifest = await readManifest(scratch, fs);
    if (!manifest && 'stagedoor' in packageJson) {
      throw manifestAbsent(drop.entry);
    }
    if (manifest) {
      checkFiles(manifest, files);
      if (manifest.name !== packageJson.name || manifest.version !== packageJson.version) {
        throw manifestOfOtherPackage(drop.entry);
      }
    }
    const digest = digestOf(files);
    const shelf = manifest ? shelves.staged : shelves.stagedForeign;
    const dir = join(shelf, fileName(packageJson.name), await copyName(scratch, digest, fs));
    await mkdir(dirname(dir), { recursive: true });
    if (!(await isIntact(dir))) {
      await rm(dir, { recursive: true, force: true });
      await rename(scratch, dir);
    }
    const { name, version } = packageJson;
    return { name, version, digest, dir, packageJson, manifest, entry: drop.entry };
  } catch (error) {
    if (isNoRoom(error)) throw stateUnwritable(shelves.temporary, error);
    throw isStagedoorError(error) ? error : dropUnreadable(drop.entry, error);
  } finally {
    // Unpacking that failed on a full disk may still be writing: errors of the clean-up must not hide the original one.
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 }).catch(() => {});
  }
}
