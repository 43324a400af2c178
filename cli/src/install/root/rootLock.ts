import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { rootNotLockable, lockLost, installInProgress } from '../errors';

/** How long to wait for another install, and how often to look, in milliseconds. */
export interface LockTimes {
  timeoutMs: number;
  pollMs: number;
}

/** A root directory that no other install works on. */
export interface RootLock {
  /**
   * Throws INSTALL_LOCK_LOST if another install has begun since: a server of a network volume gives the locks of a machine
   * that stood still to others, and does not tell it.
   */
  assertHeld(): Promise<void>;
  release(): void;
}

const DEFAULT_TIMES: LockTimes = { timeoutMs: 10 * 60_000, pollMs: 50 };

/** What SQLite says of a lock that somebody else holds. */
const BUSY = new Set(['SQLITE_BUSY', 'SQLITE_BUSY_RECOVERY', 'SQLITE_LOCKED']);

/**
 * Waits until no other install works on a root directory, and keeps others waiting until `release`. The lock is one of the
 * operating system's, on `file`, taken by way of SQLite: it goes with the process that held it, however that ends, also on
 * network volumes that pass locks on. `onWait` is called once, if there is something to wait for. Throws
 * INSTALL_IN_PROGRESS after the timeout, OUTPUT_UNWRITABLE where the volume has no locks, and the reason of `signal`.
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
