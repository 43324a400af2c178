import {
  MANIFEST_FILE,
  SIGNATURE_FILE,
  digestOf,
  fileName,
  listFiles,
  packName,
  readManifest,
  readPackageJson,
  waitingFileSystem,
  type FileSystem,
} from '@stagedoor/bundle';
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { passingCause } from '../errors/passingCause';
import { stagedCopyUnreadable } from './errors';
import type { Shelves } from './shelf';
import type { StagedBundle } from './stagedBundle';

/**
 * Name of the folder of a staged copy: the digest of its files and, if it has a manifest, after a dot, the hash of manifest
 * and signatures. The digest does not cover these, and a bundle may be signed after it was first staged.
 */
export async function copyName(dir: string, digest: string, fs: FileSystem = waitingFileSystem): Promise<string> {
  const describing = await Promise.all([MANIFEST_FILE, SIGNATURE_FILE].map((name) => hashOf(join(dir, name), fs)));
  if (describing[0] === '') return digest;
  return `${digest}.${createHash('sha256').update(describing.join('\n')).digest('hex').slice(0, 16)}`;
}

/** Folders of the staged copies of a build on both shelves, newest first. Rejects if that cannot be determined. */
export async function stagedDirs(shelves: Shelves, name: string, digest: string): Promise<string[]> {
  const found: Array<{ dir: string; madeAt: number }> = [];
  for (const shelf of [shelves.staged, shelves.stagedForeign]) {
    // Earlier versions used packName: the caller checks the content of a copy.
    for (const folder of new Set([fileName(name), packName(name)])) {
      for (const entry of await readdir(join(shelf, folder)).catch(absent([]))) {
        if (entry.split('.')[0] !== digest) continue;
        const dir = join(shelf, folder, entry);
        const info = await stat(dir).catch(absent(undefined));
        if (info) found.push({ dir, madeAt: info.ctimeMs });
      }
    }
  }
  return found.sort((a, b) => b.madeAt - a.madeAt).map(({ dir }) => dir);
}

/** True if a staged copy exists and still matches its name. Rejects if that cannot be determined. */
export async function isIntact(dir: string): Promise<boolean> {
  if (!(await stat(dir).catch(absent(undefined)))) return false;
  return basename(dir) === (await copyName(dir, digestOf(await listFiles(dir))));
}

/**
 * The staged copy of an earlier build, without its drop; undefined if it is gone or was modified. Throws DROP_UNREADABLE if
 * it may exist but cannot be read now.
 */
export async function readStaged(
  shelves: Shelves,
  name: string,
  digest: string,
  entry: string,
): Promise<StagedBundle | undefined> {
  try {
    for (const dir of await stagedDirs(shelves, name, digest)) {
      const copy = await readCopy(dir, entry);
      if (copy?.name === name) return copy;
    }
    return undefined;
  } catch (cause) {
    throw stagedCopyUnreadable(name, cause);
  }
}

/**
 * The bundle in the staged copy `dir`, made from the drop `entry`; undefined if it is gone or was modified. Rejects as
 * `isIntact`.
 */
export async function readCopy(dir: string, entry: string): Promise<StagedBundle | undefined> {
  const intact = await isIntact(dir).catch((error: unknown) => {
    if (passingCause(error)) throw error;
    return false;
  });
  return intact ? await describeCopy(dir, entry) : undefined;
}

/** The bundle in a staged copy that is known to be intact; undefined if it cannot be read. */
export async function describeCopy(dir: string, entry: string): Promise<StagedBundle | undefined> {
  try {
    const [packageJson, manifest] = await Promise.all([readPackageJson(dir), readManifest(dir)]);
    const { name, version } = packageJson;
    return { name, version, digest: basename(dir).split('.')[0]!, dir, packageJson, manifest, entry };
  } catch {
    return undefined;
  }
}

/** Maps an error that means absence to `value`; rethrows any other, which leaves the question open. */
function absent<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return value;
    throw error;
  };
}

/** Hex sha256 of a small file, empty if there is none. */
async function hashOf(file: string, fs: FileSystem): Promise<string> {
  try {
    return await fs.sha256(file, 0);
  } catch (error) {
    return absent('')(error as NodeJS.ErrnoException);
  }
}
