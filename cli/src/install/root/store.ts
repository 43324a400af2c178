import {
  digestOf,
  fileName,
  isBundlePath,
  listBundleFiles,
  moveAway,
  packName,
  parseJson,
  readBounded,
} from '@stagedoor/bundle';
import { createHash } from 'node:crypto';
import { lstat, readdir, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { isDigest } from '../../digest/digests';
import { entryTaken } from '../errors';
import type { PackageRequest, RecordedPackage } from '../source';

/** Everything that install keeps in a root directory apart from links to it; loaders skip hidden names. */
const STORE = '.stagedoor-install';
/** The package in its folder of the store; its record is beside it. */
export const PACKAGE = 'package';
export const RECORD = 'record.json';
const LOCK = 'lock';

const MAX_RECORD_BYTES = 64 * 1024;

/** What {@link RecordedPackage} is, from disk. */
export const resolvedSchema = z.object({
  kind: z.enum(['npm', 'archive', 'local', 'oci']),
  key: z.string(),
  identity: z.string(),
  version: z.string().optional(),
  digest: z.string(),
  integrity: z.string().optional(),
  npm: z.object({ name: z.string(), version: z.string(), exported: z.boolean() }).optional(),
  image: z
    .object({
      host: z.string(),
      repository: z.string(),
      digest: z.string().refine(isDigest, 'must be a digest, e.g. sha256 in hex'),
      path: z.string().refine(isBundlePath, 'must be a plain relative path'),
    })
    .optional(),
});

const recordSchema = z.object({
  format: z.literal(1),
  name: z.string(),
  version: z.string(),
  request: z.string(),
  content: z.string(),
  resolved: resolvedSchema,
});

/** The record of an installed package; stored beside it. */
export interface InstallRecord {
  format: 1;
  /** From its package.json. */
  name: string;
  version: string;
  /** {@link requestHash} of the entry that it was fetched for. */
  request: string;
  /** Hex digest over all files but manifest and signature, as of a bundle. */
  content: string;
  resolved: RecordedPackage;
}

/** A package that a link in the root directory leads to. */
export interface Installed extends InstallRecord {
  /** Name of the link. */
  entry: string;
  /** Name of its folder in the store. */
  folder: string;
  /** Absolute path of the package itself. */
  dir: string;
}

/** The paths of a root directory. */
export function storePaths(root: string): { store: string; lock: string } {
  const store = join(root, STORE);
  return { store, lock: join(store, LOCK) };
}

/** Name of the link, and of the drop, of a package. */
export function entryName(packageName: string): string {
  return fileName(packageName);
}

/** True for a link whose name is that of the package, also as earlier versions named it, who gave several packages one name. */
export function isEntryOf(entry: string, packageName: string): boolean {
  return entry === entryName(packageName) || entry === packName(packageName);
}

/** Where the link of a package leads, from the root directory. */
export function linkTarget(folder: string): string {
  return `${STORE}/${folder}/${PACKAGE}`;
}

/** Changes when what an entry asks for does; config aside. */
export function requestHash({
  package: text,
  integrity,
  export: exported,
}: Omit<PackageRequest, 'pullPolicy'>): string {
  return createHash('sha256')
    .update(JSON.stringify([text, integrity ?? null, ...(exported ? ['export'] : [])]))
    .digest('hex');
}

/** The links in the root directory that install made, whatever they lead to; empty for a root that is not there. */
export async function ownLinks(root: string): Promise<Array<{ entry: string; folder: string }>> {
  const names = await readdir(root).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const links = await Promise.all(
    names.sort().map(async (entry) => {
      const target = await readlink(join(root, entry)).catch(() => '');
      const [store, folder, inner, ...more] = target.split('/');
      const own = store === STORE && folder && inner === PACKAGE && more.length === 0;
      return own ? [{ entry, folder }] : [];
    }),
  );
  return links.flat();
}

/** The intact installed packages: their records are readable, and their files are unchanged. */
export async function listInstalled(root: string): Promise<Installed[]> {
  const installed: Installed[] = [];
  for (const { entry, folder } of await ownLinks(root)) {
    const base = join(root, STORE, folder);
    const record = await readRecord(join(base, RECORD));
    const dir = join(base, PACKAGE);
    if (record && (await contentOf(dir).catch(() => '')) === record.content) {
      installed.push({ ...record, entry, folder, dir });
    }
  }
  return installed;
}

/** Hex digest of a package folder. Throws ARCHIVE_UNSAFE for one that holds more than files and folders. */
async function contentOf(dir: string): Promise<string> {
  return digestOf(await listBundleFiles(dir));
}

/** Throws ROOT_ENTRY_TAKEN if `entry` is there and was not made by install. */
export async function assertFree(root: string, entry: string, own: ReadonlySet<string>): Promise<void> {
  if (own.has(entry)) return;
  const info = await lstat(join(root, entry)).catch(() => undefined);
  if (!info) return;
  throw entryTaken(join(root, entry));
}

/**
 * Removes what no link leads to: what earlier runs left behind, and what was replaced. It is moved to `staging` first, so that a run
 * that has lost the root directory can remove nothing there.
 */
export async function sweepStore(root: string, staging: string): Promise<void> {
  const { store } = storePaths(root);
  const used = new Set((await ownLinks(root)).map(({ folder }) => folder));
  for (const name of await readdir(store)) {
    if (name === LOCK || used.has(name)) continue;
    const unused = join(staging, `unused-${name}`);
    await moveAway(join(store, name), unused);
    await rm(unused, { recursive: true, force: true });
  }
}

async function readRecord(file: string): Promise<InstallRecord | undefined> {
  const bytes = await readBounded(file, MAX_RECORD_BYTES).catch(() => 'absent' as const);
  if (!Buffer.isBuffer(bytes)) return undefined;
  try {
    const parsed = recordSchema.safeParse(parseJson(bytes.toString('utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
