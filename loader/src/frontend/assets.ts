import { isBundlePath } from '@stagedoor/bundle';
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { assetChanged } from './errors';
import type { Assets } from './remote';

/** A file as browsers receive it. */
export interface Asset {
  content: Buffer;
  /** Hex. */
  sha256: string;
}

/**
 * Reads the file at `path` of `assets`; undefined if there is none, and for hidden files. Links were copied or rejected when
 * the bundle was staged. Throws DIGEST_MISMATCH for a file that does not match the manifest of the bundle.
 */
export async function readAsset({ bundle, folder, manifest }: Assets, path: string): Promise<Asset | undefined> {
  if (!isBundlePath(path) || path.split('/').some((part) => part.startsWith('.'))) return undefined;
  const file = join(folder, path);
  const inBundle = relative(bundle, file).split(sep).join('/');
  const listed = manifest?.files.find((entry) => entry.path === inBundle);
  if (manifest && !listed) return undefined;
  const info = await stat(file).catch(() => undefined);
  if (!info?.isFile()) return undefined;
  const content = await readFile(file);
  const found = createHash('sha256').update(content).digest('hex');
  if (listed && found !== listed.sha256) {
    throw assetChanged(manifest!.name, inBundle);
  }
  return { content, sha256: found };
}

/** True for a file named after its content hash, as bundlers do: such a file never changes. */
export function isHashed(path: string): boolean {
  return /\.[0-9a-f]{8,}(\.chunk)?\.[a-z0-9]+(\.map)?$/.test(path);
}
