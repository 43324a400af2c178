import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  DEFAULT_LIMITS,
  MANIFEST_FILE,
  SIGNATURE_FILE,
  StagedoorError,
  copyFolder,
  digestOf,
  integrityOf,
  listBundleFiles,
  packBundle,
  readPackageJson,
  sha256File,
  type BundleFile,
} from '@stagedoor/bundle';
import { ARCHIVE_LIMITS, tooManyBytes } from '../../http/limits';
import { formOf, plainKey } from '../../install/list/packageText';
import type { Source } from '../../install/source';
import { checkIntegrity } from '../integrity';
import { scratchFolder, unpack } from '../unpack';

/**
 * Bundle folders and archives of this machine: `./folder`, `/folder`, `file:…`. Paths are relative to `cwd` and recorded as
 * written. Throws BUNDLE_NOT_FOUND, PACKAGE_JSON_*, INTEGRITY_MISMATCH, ARCHIVE_*.
 */
export const localSource: Source = {
  accepts: (text) => formOf(text) === 'local',
  async resolve({ package: text, integrity }, { cwd }) {
    const path = pathOf(text, cwd);
    const common = { kind: 'local', key: plainKey(text), identity: text } as const;
    if (await isFolder(path)) {
      const { version } = await readPackageJson(path);
      return { ...common, version, digest: `sha256:${await digestOfFolder(path)}` };
    }
    return { ...common, digest: await integrityOf(path), ...(integrity !== undefined && { integrity }) };
  },
  async fetch({ identity, integrity }, folder, { cwd, keep, admit, limits }) {
    const path = pathOf(identity, cwd);
    const scratch = await scratchFolder(folder);
    if (await isFolder(path)) {
      await admit?.(path);
      const dir = join(scratch, 'plugin');
      await copyFolder(path, dir, limits ?? DEFAULT_LIMITS);
      if (keep) await keep((await packBundle(dir, join(scratch, 'plugin.tgz'))).file);
      return dir;
    }
    if (integrity !== undefined) await checkIntegrity(path, integrity, path);
    const dir = await unpack(path, scratch, { shown: path, admit, limits });
    await keep?.(path);
    return dir;
  },
};

function pathOf(text: string, cwd: string): string {
  if (text.startsWith('file://')) return fileURLToPath(text);
  return resolve(cwd, text.replace(/^file:/, ''));
}

/** True for a folder, false for an archive. Throws BUNDLE_NOT_FOUND, ARCHIVE_TOO_LARGE. */
async function isFolder(path: string): Promise<boolean> {
  const info = await stat(path).catch(() => undefined);
  if (info?.isDirectory()) return true;
  if (info?.isFile()) {
    if (info.size <= ARCHIVE_LIMITS.bytes) return false;
    throw tooManyBytes({ shown: path, limits: ARCHIVE_LIMITS, tooLarge: 'ARCHIVE_TOO_LARGE' });
  }
  throw new StagedoorError('BUNDLE_NOT_FOUND', `${path} is neither a folder nor an archive.`);
}

/** Over all files, manifest and signature included: a signature that is added changes what is installed. */
async function digestOfFolder(dir: string): Promise<string> {
  const described: BundleFile[] = [];
  for (const path of [MANIFEST_FILE, SIGNATURE_FILE]) {
    const info = await stat(join(dir, path)).catch(() => undefined);
    if (info?.isFile()) described.push({ path, size: info.size, sha256: await sha256File(join(dir, path)) });
  }
  return digestOf([...described, ...(await listBundleFiles(dir))]);
}
