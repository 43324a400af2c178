import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { extractArchive, redactAddress } from '@stagedoor/bundle';
import { isAddress } from '../http/send';
import { cannotUnpack } from '../temporary/errors';
import { temporaryFolder } from '../temporary/temporaryFolder';
import { asUnwritable } from '../temporary/unwritable';
import { download } from './download';
import { bundleNotFound } from './errors';

/** A bundle that can be read as a folder, wherever it came from. */
export interface OpenBundle {
  kind: 'folder' | 'archive' | 'download';
  /** Absolute path of the folder; temporary unless the bundle is one. */
  dir: string;
  /** Absolute path of the archive, where it is a local one. */
  archive?: string;
}

/** Options of {@link withBundle}. */
export interface OpenOptions {
  /** Folder that relative paths are resolved from. */
  cwd: string;
  signal?: AbortSignal;
}

/**
 * Opens the bundle `target`, a folder, a `.tgz` or an http(s) address of one, for the duration of `use`; archives are
 * unpacked into a temporary folder. Throws BUNDLE_NOT_FOUND, DOWNLOAD_FAILED, ARCHIVE_*, OUTPUT_UNWRITABLE.
 */
export async function withBundle<T>(
  target: string,
  { cwd, signal }: OpenOptions,
  use: (bundle: OpenBundle) => Promise<T>,
): Promise<T> {
  const remote = isAddress(target);
  const path = resolve(cwd, target);
  if (!remote) {
    const info = await stat(path).catch(() => undefined);
    if (info?.isDirectory()) return use({ kind: 'folder', dir: path });
    if (!info?.isFile()) throw bundleNotFound(path);
  }
  const temporary = await temporaryFolder('open').catch((cause: Error) => {
    throw cannotUnpack('The bundle', cause);
  });
  try {
    const archive = remote ? join(temporary.dir, 'bundle.tgz') : path;
    if (remote) {
      await download(target, archive, { signal }).catch((error: unknown) => {
        throw asUnwritable(error, temporary.dir);
      });
    }
    const dir = join(temporary.dir, 'bundle');
    await extractArchive(archive, dir, { shown: remote ? redactAddress(target) : path });
    signal?.throwIfAborted();
    return await use(remote ? { kind: 'download', dir } : { kind: 'archive', dir, archive });
  } finally {
    await temporary.dispose();
  }
}
