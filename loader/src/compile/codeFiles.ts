import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StagedBundle } from '../stage/stagedBundle';

/** Smallest size in bytes for which V8's cache of a file saves more than reading it costs. */
const CACHED = 256 * 1024;

/** A file of code: absolute, its path in the bundle, its size in bytes. */
export interface CodeFile {
  file: string;
  path: string;
  size: number;
}

/** CommonJS files of a bundle that are worth a code cache. Bundles of other tools consist of many small files. */
export async function codeFiles({ dir, manifest, packageJson }: StagedBundle): Promise<CodeFile[]> {
  if (packageJson.type === 'module') return [];
  const paths = (manifest?.files ?? []).filter(({ path, size }) => /^dist\/.*\.js$/.test(path) && size >= CACHED);
  const present = await Promise.all(paths.map(({ path }) => stat(join(dir, path)).catch(() => undefined)));
  return paths
    .filter((_, index) => present[index]?.isFile())
    .map(({ path, size }) => ({ file: join(dir, path), path, size }));
}
