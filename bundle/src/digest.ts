import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { concurrently } from './concurrently';
import { filesDiffer, neitherFileNorFolder } from './errors';
import { waitingFileSystem, type FileSystem } from './fileSystem';
import type { BundleFile, BundleManifest } from './manifest';
import { MANIFEST_FILE, SIGNATURE_FILE } from './names';

/** Files that describe the bundle and are therefore not in its own list. */
const UNLISTED = new Set([MANIFEST_FILE, SIGNATURE_FILE]);

/** The files of a bundle that are in its list. */
export function listedOf(files: readonly BundleFile[]): BundleFile[] {
  return files.filter(({ path }) => !UNLISTED.has(path));
}

/** Sorts by UTF-16 code unit, independent of locale. */
export function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

/** Hex sha256 of a file; `size` in bytes, if known, avoids a stream for small files. */
export async function sha256File(file: string, size = Infinity): Promise<string> {
  return await waitingFileSystem.sha256(file, size);
}

/**
 * The digest of a bundle: sha256 over one line `<sha256>  <size>  <path>\n` per file, sorted by path.
 * Independent of mode, owner, time and folder.
 */
export function digestOf(files: readonly BundleFile[]): string {
  const hash = createHash('sha256');
  for (const file of [...files].sort(byPath)) hash.update(`${file.sha256}  ${file.size}  ${file.path}\n`);
  return hash.digest('hex');
}

/**
 * Lists every file below `dir` except manifest and signature, sorted by path, sizes in bytes, without what `leavesOut` names.
 * Throws ARCHIVE_UNSAFE on anything that is neither file nor folder.
 */
export async function listPaths(
  dir: string,
  fs: FileSystem = waitingFileSystem,
  leavesOut: (path: string) => boolean | Promise<boolean> = () => false,
): Promise<Array<{ path: string; size: number }>> {
  const paths: Array<{ path: string; size: number }> = [];
  async function walk(prefix: string): Promise<void> {
    for (const entry of await fs.readdir(join(dir, prefix))) {
      const path = prefix ? `${prefix}/${entry.name}` : entry.name;
      if (await leavesOut(path)) continue;
      if (entry.isDirectory()) await walk(path);
      else if (!entry.isFile()) throw neitherFileNorFolder(path);
      else if (!UNLISTED.has(path)) paths.push({ path, size: (await fs.lstat(join(dir, path))).size });
    }
  }
  await walk('');
  return paths.sort(byPath);
}

/** {@link listPaths} with the hash of each file. */
export async function listFiles(
  dir: string,
  fs: FileSystem = waitingFileSystem,
  leavesOut?: (path: string) => boolean | Promise<boolean>,
): Promise<BundleFile[]> {
  return concurrently(await listPaths(dir, fs, leavesOut), async ({ path, size }) => ({
    path,
    size,
    sha256: await fs.sha256(join(dir, path), size),
  }));
}

/**
 * Compares files found with the manifest, both ways, and the digest with the list.
 * Throws DIGEST_MISMATCH naming the first few differences, up to 100 in `details.faults`.
 */
export function checkFiles(manifest: BundleManifest, found: readonly BundleFile[]): void {
  const actual = new Map(found.map((file) => [file.path, file]));
  const faults: string[] = [];
  for (const listed of manifest.files) {
    const file = actual.get(listed.path);
    if (!file) faults.push(`${listed.path} is missing`);
    else if (file.size !== listed.size || file.sha256 !== listed.sha256) faults.push(`${listed.path} differs`);
    actual.delete(listed.path);
  }
  for (const path of actual.keys()) faults.push(`${path} is not listed`);
  if (faults.length === 0 && digestOf(manifest.files) !== manifest.digest)
    faults.push('the digest does not match the list');
  if (faults.length > 0) throw filesDiffer(manifest.name, faults);
}
