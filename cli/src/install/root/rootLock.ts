import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { rootNotLockable, lockLost, installInProgress } from '../errors';

/** How long to wait for another install, and how often to look, in milliseconds. */
export interface LockTimes {
  timeoutMs: number;
  pollMs: number;
}

/** An exclusively locked root directory. */
export interface RootLock {
  /**
   * Throws INSTALL_LOCK_LOST if another install has begun since: the server of a network volume may reassign the locks of a
   * suspended machine without telling it.
   */
  assertHeld(): Promise<void>;
  release(): void;
}

const DEFAULT_TIMES: LockTimes = { timeoutMs: 10 * 60_000, pollMs: 50 };

/** SQLite's error code for a lock that is taken. */
const BUSY = new Set(['SQLITE_BUSY', 'SQLITE_BUSY_RECOVERY', 'SQLITE_LOCKED']);

/**
 * Waits until no other install uses a root directory, and locks it until `release`. The lock is one of the operating system,
 * on `file`, taken through SQLite: it ends with its process, however that ends, and works on network volumes that support
 * locks. `onWait` is called once before waiting. Throws INSTALL_IN_PROGRESS after the timeout, OUTPUT_UNWRITABLE if the
 * volume has no locks, and the reason of `signal`.
 */
export async function lockRoot(
  file: string,
  { signal, onWait }: { signal?: AbortSignal; onWait?: () => void },
  times: LockTimes = DEFAULT_TIMES,
): Promise<RootLock> {
  // Imported late: a native module, and no other command needs it so early.
  const { default: Database } = await import('better-sqlite3');
  const deadline = Date.now() + times.timeoutMs;
  let waiting = false;
  const database = attempt(file, () => new Database(file, { timeout: 0 }));
  try {
    for (;;) {
      signal?.throwIfAborted();
      if (attempt(file, () => begin(database))) break;
      if (!waiting) onWait?.();
      waiting = true;
      if (Date.now() > deadline) {
        throw installInProgress(file, times.timeoutMs / 1000);
      }
      await sleep(times.pollMs, undefined, { signal });
    }
  } catch (error) {
    database.close();
    throw error;
  }
  const token = randomBytes(16).toString('hex');
  const holder = `${file}.holder`;
  try {
    await writeFile(holder, token);
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    assertHeld: async () => {
      if ((await readFile(holder, 'utf8').catch(() => '')) === token) return;
      throw lockLost(file);
    },
    release: () => database.close(),
  };
}

/** Takes the lock by a transaction that writes nothing; false if it is taken. */
function begin(database: { exec(sql: string): unknown }): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (BUSY.has((error as { code?: string }).code ?? '')) return false;
    throw error;
  }
}

function attempt<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw rootNotLockable(file, cause as Error);
  }
}
