import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { listFiles } from './digest';
import type { BundleFile, BundleManifest } from './manifest';
import { readManifest } from './manifest';

/**
 * Names of files that file managers, network volumes, editors and Kubernetes create in folders. This is the only such list:
 * loader and command line use it.
 */
const NAMES = new Set([
  // macOS, also on volumes and in archives of others
  '.ds_store',
  '.appledouble',
  '.lsoverride',
  '.documentrevisions-v100',
  '.fseventsd',
  '.spotlight-v100',
  '.temporaryitems',
  '.trashes',
  '.volumeicon.icns',
  '.apdisk',
  '__macosx',
  // Windows
  'thumbs.db',
  'ehthumbs.db',
  'ehthumbs_vista.db',
  'desktop.ini',
  '$recycle.bin',
  'system volume information',
  // File systems of Linux, and its file managers
  'lost+found',
  '.directory',
  // Used to swap a mounted ConfigMap or Secret (kubernetes, pkg/volume/util/atomic_writer.go)
  '..data',
  '..data_tmp',
]);

const PATTERNS = [
  // AppleDouble
  /^\._/,
  // Removed on NFS, FUSE or SMB while a process has it open
  /^\.nfs[0-9a-f]{8,}$/i,
  /^\.fuse_hidden[0-9a-f]+$/i,
  /^\.smbdelete/i,
  /^\.trash-\d+$/i,
  // Kubernetes: a version of a mounted volume
  /^\.\.\d{4}_\d{2}_\d{2}_/,
  // Vim, Emacs, Kate, GNOME, LibreOffice, JetBrains
  /^\..*\.sw[a-p]$/i,
  /~$/,
  /^#.*#$/,
  /^\.#/,
  /\.kate-swp$/,
  /^\.goutputstream-/,
  /^\.~lock\..*#$/,
  /___jb_(tmp|old)___$/,
];

/** True for the name of a file or folder that was not created deliberately. */
export function isLitterName(name: string): boolean {
  return NAMES.has(name.toLowerCase()) || PATTERNS.some((pattern) => pattern.test(name));
}

/** True for the name of an entry of a root directory that may be a drop: neither hidden nor litter. */
export function isDropName(entry: string): boolean {
  return !entry.startsWith('.') && !isLitterName(entry);
}

/** Whether a path in a bundle is left out: litter that the manifest does not list, nor anything below it. */
export type LitterFilter = (path: string) => boolean | Promise<boolean>;

/**
 * The filter for the bundle in a folder. Its manifest is read when a name first looks like litter, which is rare. Other code
 * reports an invalid manifest: without one, everything that looks like litter is litter.
 */
export function litterIn(dir: string): LitterFilter {
  let listed: Promise<ReadonlySet<string>> | undefined;
  return (path) =>
    path.split('/').some(isLitterName) &&
    (listed ??= readManifest(dir).then(listedLikeLitter, () => new Set<string>())).then((names) => !names.has(path));
}

/** Paths that a manifest lists although they look like litter, and the folders above them. */
function listedLikeLitter(manifest: BundleManifest | undefined): Set<string> {
  const listed = new Set<string>();
  for (const { path } of manifest?.files ?? []) {
    if (!path.split('/').some(isLitterName)) continue;
    for (let at = path; at !== ''; at = at.slice(0, Math.max(at.lastIndexOf('/'), 0))) listed.add(at);
  }
  return listed;
}

/** As `listFiles`, without litter: for folders that people and their programs work in. */
export async function listBundleFiles(dir: string): Promise<BundleFile[]> {
  return await listFiles(dir, undefined, litterIn(dir));
}

/** Removes litter from an unpacked bundle. */
export async function removeLitter(dir: string): Promise<void> {
  const isLitter = litterIn(dir);
  const clear = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(dir, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (await isLitter(path)) await rm(join(dir, path), { recursive: true, force: true });
      else if (entry.isDirectory()) await clear(path);
    }
  };
  await clear('');
}
