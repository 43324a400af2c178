import { mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A fresh folder, by its real path. The caller removes it. */
export async function makeTempDir(): Promise<string> {
  return await realpath(await mkdtemp(join(tmpdir(), 'stagedoor-test-')));
}

/** {@link makeTempDir} for what other users read: the usual temporary folder may lie below one that only its owner may enter. */
export async function makeSharedTempDir(): Promise<string> {
  for (const parent of [tmpdir(), '/tmp', '/var/tmp']) {
    if (await everyoneMayEnter(parent)) return await realpath(await mkdtemp(join(parent, 'stagedoor-test-')));
  }
  throw new Error('Every temporary folder is closed to other users');
}

async function everyoneMayEnter(dir: string): Promise<boolean> {
  for (let at = await realpath(dir).catch(() => undefined); at !== undefined; at = dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (dirname(at) === at) return true;
  }
  return false;
}

/** Removes a folder of {@link makeTempDir}; a process that is just ending may still write into it. */
export async function removeTempDir(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** A fresh folder that is removed when the running test ends. Call it inside a test. */
export async function tempDir(): Promise<string> {
  const dir = await makeTempDir();
  onTestFinished(() => removeTempDir(dir));
  return dir;
}
