import { lstat, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TarOptionsWithAliasesAsync } from 'tar';
import { listPaths } from '../digest';
import { litterIn } from '../litter';
import { MANIFEST_FILE, SIGNATURE_FILE } from '../names';
import { integrityOf } from './integrity';

/** What {@link packBundle} wrote. */
export interface PackedBundle {
  file: string;
  /** Subresource integrity, `sha512-<base64>`, as npm prints it. */
  integrity: string;
}

/** The time npm gives every entry of a packed archive. */
const FIXED_MTIME = new Date('1985-10-26T08:15:00.000Z');

/**
 * Writes the bundle in `dir` as an npm-shaped `.tgz` (`package/…`): sorted entries, fixed time, owner and mode, so that equal
 * content gives equal bytes. Includes signatures. Written to a new file beside `file`, then renamed.
 */
export async function packBundle(dir: string, file: string): Promise<PackedBundle> {
  const temporary = `${file}.${process.pid}.tmp`;
  const { create } = await import('tar');
  try {
    await create({ ...settings(dir, 'package'), file: temporary, gzip: { level: 9 } }, await entriesOf(dir));
    const integrity = await integrityOf(temporary);
    await rename(temporary, file);
    return { file, integrity };
  } finally {
    await rm(temporary, { force: true });
  }
}

/** A folder and its place in a layer. */
export interface LayerPart {
  /** Absolute path. */
  dir: string;
  /** Folder in the layer; empty for its top. */
  folder: string;
}

/** Writes the new file `file`, a plain tar of several bundles, each in a folder of its own, as {@link packBundle} does one. */
export async function packLayer(parts: readonly LayerPart[], file: string): Promise<void> {
  const { create, replace } = await import('tar');
  for (const [index, { dir, folder }] of parts.entries()) {
    const write = index === 0 ? create : replace;
    await write({ ...settings(dir, folder), file }, await entriesOf(dir));
  }
}

/** Settings that make equal content equal bytes. */
function settings(cwd: string, prefix: string): TarOptionsWithAliasesAsync {
  return {
    cwd,
    prefix,
    portable: true,
    mtime: FIXED_MTIME,
    onWriteEntry: (entry) => {
      if (entry.stat) entry.stat.mode = 0o100644;
    },
  };
}

/** The files of a bundle in the order of its archive. */
async function entriesOf(dir: string): Promise<string[]> {
  const described: string[] = [];
  for (const name of [MANIFEST_FILE, SIGNATURE_FILE]) {
    if ((await lstat(join(dir, name)).catch(() => undefined))?.isFile()) described.push(name);
  }
  const paths = [...described, ...(await listPaths(dir, undefined, litterIn(dir))).map(({ path }) => path)];
  // A leading @ would make tar read the file as an archive to include.
  return paths.map((path) => (path.startsWith('@') ? `./${path}` : path));
}
