import { StagedoorError } from '@stagedoor/bundle';
import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { cleanUpOnExit } from '../temporary/cleanUpOnExit';
import { makeViewDir } from './stageView';

/** For a bundle that cannot be laid out for its start check. */
export function notStaged(cause: Error): never {
  throw new StagedoorError('VERIFY_FAILED', `Cannot copy the bundle for the start check: ${cause.message}`, {
    hint: 'Free space in the temporary folder, or set TMPDIR to another.',
    cause,
  });
}

/** Runs `work` with a temporary folder that is gone afterwards, and the process it starts with it, on every path. */
export async function inView<T>(work: (dir: string, onKill: (kill: () => void) => void) => Promise<T>): Promise<T> {
  const dir = await makeViewDir().catch(notStaged);
  let kill = (): void => {};
  let interrupted = false;
  const { forget } = cleanUpOnExit(() => {
    interrupted = true;
    kill();
    rmSync(dir, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
  });
  try {
    return await work(dir, (killer) => (kill = killer));
  } catch (error) {
    throw interrupted ? new DOMException('The start check was interrupted.', 'AbortError') : error;
  } finally {
    await rm(dir, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
    forget();
  }
}
