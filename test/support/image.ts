import { join } from 'node:path';
import { runProcess } from './childProcess';
import { repository } from './repository';
import { makeTempDir, removeTempDir } from './tempDir';

/** The script that puts the image together. */
export const collectScript = join(repository, 'scripts/image/collect.mjs');

/** What the container image holds, in a folder. */
export interface Image {
  /** `/opt/stagedoor` of the image. */
  path: string;
  remove(): Promise<void>;
}

/** Collects what the image holds, out of this checkout as it is built; the caller removes it. */
export async function collectImage(): Promise<Image> {
  const dir = await makeTempDir();
  const path = join(dir, 'opt/stagedoor');
  const remove = async () => await removeTempDir(dir);
  const { code, stderr } = await runProcess(process.execPath, [collectScript, path]);
  if (code === 0 && stderr === '') return { path, remove };
  await remove();
  throw new Error(stderr || `${collectScript} ended with ${code}`);
}
