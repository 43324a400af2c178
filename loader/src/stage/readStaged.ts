import { digestOf, listFiles, packName, readManifest, readPackageJson } from '@stagedoor/bundle';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Shelves } from './shelf';
import type { StagedBundle } from './stageDrop';

/** Where the staged copy of a build is, if it is there: below one of the shelves. */
export function stagedDirs(shelves: Shelves, name: string, digest: string): string[] {
  return [shelves.staged, shelves.stagedForeign].map((shelf) => join(shelf, packName(name), digest));
}

/** True while a staged copy is there and still is what its name says. */
export async function isIntact(dir: string, digest: string): Promise<boolean> {
  if (!(await stat(dir).catch(() => undefined))) return false;
  return digestOf(await listFiles(dir)) === digest;
}

/** The staged copy of an earlier build, without its drop; undefined where it is gone or was touched. */
export async function readStaged(
  shelves: Shelves,
  name: string,
  digest: string,
  entry: string,
): Promise<StagedBundle | undefined> {
  for (const dir of stagedDirs(shelves, name, digest)) {
    if (!(await isIntact(dir, digest).catch(() => false))) continue;
    const packageJson = await readPackageJson(dir);
    if (packageJson.name !== name) continue;
    return { name, version: packageJson.version, digest, dir, packageJson, manifest: await readManifest(dir), entry };
  }
  return undefined;
}
