import { cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { MANIFEST_FILE } from '@stagedoor/bundle';
import { NOT_OURS, type OutputTarget } from './outputTarget';

/** Puts the finished folder `dir` in the place of an older one, which comes back if that fails. */
export async function swapOutput(dir: string, { dir: out, fixed }: OutputTarget): Promise<void> {
  const old = `${dir}-old`;
  if (fixed) await replaceContent(dir, out, old);
  else await replaceFolder(dir, out, old);
  await rm(old, { recursive: true, force: true });
}

/** A folder cannot be renamed onto a filled one: the old one steps aside. */
async function replaceFolder(dir: string, out: string, old: string): Promise<void> {
  const replaces = (await stat(out).catch(() => undefined)) !== undefined;
  if (replaces) await setAside(out, old);
  try {
    await rename(dir, out);
  } catch (error) {
    if (replaces) await rename(old, out);
    throw error;
  }
}

/** Overlay file systems, as those of containers, do not rename a folder that a lower layer brought (EXDEV): it is copied. */
async function setAside(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await cp(from, to, { recursive: true, verbatimSymlinks: true });
    await rm(from, { recursive: true });
  }
}

/** The manifest comes last: who watches the folder takes the bundle for complete when all that it lists is there. */
async function replaceContent(dir: string, out: string, old: string): Promise<void> {
  const keep = new Set([basename(dir), basename(old), NOT_OURS]);
  const before = (await readdir(out)).filter((name) => !keep.has(name));
  const after = (await readdir(dir)).sort((a, b) => Number(a === MANIFEST_FILE) - Number(b === MANIFEST_FILE));
  await mkdir(old);
  const undo: Array<() => Promise<void>> = [() => rm(old, { recursive: true })];
  const move = async (name: string, from: string, to: string): Promise<void> => {
    await setAside(join(from, name), join(to, name));
    undo.push(() => rename(join(to, name), join(from, name)));
  };
  try {
    for (const name of before) await move(name, out, old);
    for (const name of after) await move(name, dir, out);
  } catch (error) {
    for (const step of undo.reverse()) await step();
    throw error;
  }
  await rm(dir, { recursive: true });
}
