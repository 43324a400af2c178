import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A fresh folder, by its real path. The caller removes it. */
export async function makeTempDir(): Promise<string> {
  return await realpath(await mkdtemp(join(tmpdir(), 'stagedoor-test-')));
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
