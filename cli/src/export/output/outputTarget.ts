import { constants } from 'node:fs';
import { access, readFile, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MANIFEST_FILE, StagedoorError, isInside } from '@stagedoor/bundle';

/** Where a bundle goes. */
export interface OutputTarget {
  /** Absolute; of a link, what it leads to. */
  dir: string;
  /** True where the folder must stay and only its content can be replaced: a mount point, or a folder given alone. */
  fixed: boolean;
}

/** What a file system keeps at its top. */
export const NOT_OURS = 'lost+found';

/**
 * Looks at the folder `out` before anything is written. An older bundle may be replaced, and a `dist-dynamic` that
 * another tool made of the same plugin: both can be made again. Throws OUTPUT_NOT_A_BUNDLE.
 */
export async function outputTarget(out: string, plugin: { dir: string; name: string }): Promise<OutputTarget> {
  const dir = await realpath(out).catch(() => out);
  if (isInside(dir, plugin.dir)) {
    throw new StagedoorError('OUTPUT_NOT_A_BUNDLE', `${out} holds the package that is exported.`);
  }
  const info = await stat(dir).catch(() => undefined);
  if (!info) return { dir, fixed: false };
  const names = info.isDirectory() ? (await readdir(dir)).filter((name) => name !== NOT_OURS) : [basename(dir)];
  if (names.length > 0 && !names.includes(MANIFEST_FILE) && !(await isOfAnotherTool(dir, plugin.name))) {
    throw new StagedoorError('OUTPUT_NOT_A_BUNDLE', `${out} is not empty and holds no ${MANIFEST_FILE}.`);
  }
  return { dir, fixed: info.isDirectory() && (await isFixed(dir, info.dev)) };
}

async function isFixed(dir: string, device: number): Promise<boolean> {
  const parent = dirname(dir);
  if ((await stat(parent)).dev !== device) return true;
  return !(await access(parent, constants.W_OK).then(
    () => true,
    () => false,
  ));
}

/** Upstream's and RHDH's command lines write to the same folder, under the same name, without our manifest. */
async function isOfAnotherTool(dir: string, name: string): Promise<boolean> {
  if (basename(dir) !== 'dist-dynamic') return false;
  try {
    return (JSON.parse(await readFile(join(dir, 'package.json'), 'utf8')) as { name?: unknown }).name === name;
  } catch {
    return false;
  }
}
