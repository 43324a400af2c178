import { listFiles, packLayer } from '@stagedoor/bundle';
import { createReadStream, createWriteStream } from 'node:fs';
import { lstat, readdir, rename } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { swapOutput } from '../../export/output/swapOutput';
import { notAMirror } from '../errors';
import { MIRROR_INDEX } from './mirrorIndex';

/** The folder that an archive of a mirror has at its top. */
export const ARCHIVE_TOP = 'mirror';

/** True for a path that is to be an archive. */
export function isArchivePath(path: string): boolean {
  return /\.(tar|tgz|tar\.gz)$/.test(path);
}

/** Throws OUTPUT_NOT_A_BUNDLE for a place that holds anything but an older mirror. */
export async function assertReplaceable(out: string): Promise<void> {
  const info = await lstat(out).catch(() => undefined);
  if (!info) return;
  if (isArchivePath(out) && info.isFile()) return;
  const names = info.isDirectory() && !isArchivePath(out) ? await readdir(out) : ['what it is'];
  if (names.length === 0 || names.includes(MIRROR_INDEX)) return;
  throw notAMirror(out);
}

/** Moves the finished mirror `dir` to its place, as an archive where that is wanted; returns the bytes of its content. */
export async function putInPlace(dir: string, out: string, archive: boolean): Promise<number> {
  const bytes = (await listFiles(dir)).reduce((sum, { size }) => sum + size, 0);
  if (!archive) {
    await swapOutput(dir, { dir: out, fixed: false });
    return bytes;
  }
  const tar = `${dir}.tar`;
  await packLayer([{ dir, folder: ARCHIVE_TOP }], tar);
  if (!/gz$/.test(out)) await rename(tar, out);
  else {
    // What it holds is compressed already: the least effort is enough.
    await pipeline(createReadStream(tar), createGzip({ level: 1 }), createWriteStream(`${tar}.gz`));
    await rename(`${tar}.gz`, out);
  }
  return bytes;
}
