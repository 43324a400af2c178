import type { StagedoorError } from '@stagedoor/bundle';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stateDirectoryInUse } from './errors';
import { isAlive, isSame, ownHolder, parseHolder, type Holder } from './lockHolder';
import { writingState } from './stateDirectory';

/** Heartbeat interval of the holder, in milliseconds. */
const BEAT_MS = 2000;
/** A holder whose process cannot be checked counts as dead after this time without a heartbeat, in milliseconds. */
const STALE_MS = 10_000;

/**
 * Locks a state directory for this process: two portals on one would delete each other's staged copies. The lock of a dead
 * process is taken over, at once if its death can be verified, otherwise when it has gone stale; a lock whose process is
 * verifiably alive is never taken over, however long it is suspended. `lost` is called once if another process took this
 * lock. Throws STATE_DIRECTORY_IN_USE, STATE_UNWRITABLE.
 */
export async function lockState(
  stateDir: string,
  lost: (fault: StagedoorError) => void = () => {},
): Promise<StateLock> {
  const file = join(stateDir, 'lock.json');
  const self = ownHolder();
  const deadline = Date.now() + STALE_MS + BEAT_MS;
  while (!(await create(stateDir, file, self))) {
    const found = await standing(file, self);
    if (!found) await rm(file, { force: true });
    else if (found.certain || found.holder?.host === self.host || Date.now() > deadline) {
      throw stateDirectoryInUse(stateDir, found.holder);
    } else await sleep(BEAT_MS / 4);
  }
  const beat = setInterval(() => {
    void showAlive(file, self).then((other) => {
      if (!other) return;
      clearInterval(beat);
      lost(stateDirectoryInUse(stateDir, other));
    });
  }, BEAT_MS).unref();
  return {
    assertHeld: async () => {
      const holder = parseHolder(await readFile(file, 'utf8').catch(() => ''));
      if (holder && !isSame(holder, self)) throw stateDirectoryInUse(stateDir, holder);
    },
    release: () => {
      clearInterval(beat);
      if (isSame(parseHolder(readNow(file)), self)) rmSync(file, { force: true });
    },
  };
}

/** A state directory that this process has. */
export interface StateLock {
  /** Throws STATE_DIRECTORY_IN_USE if another process took it while this one was suspended. */
  assertHeld(): Promise<void>;
  release(): void;
}

/** Writes the lock file; false when there is one. */
async function create(stateDir: string, file: string, self: Holder): Promise<boolean> {
  return await writingState(stateDir, async () => {
    try {
      writeFileSync(file, JSON.stringify(self), { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      // A partially written lock is ignored.
      await rm(file, { force: true });
      throw error;
    }
  });
}

/** An existing lock. */
interface Standing {
  /** Undefined while it is being written. */
  holder?: Holder;
  /** True if the holder is verifiably alive. */
  certain: boolean;
}

/** The lock of another process; undefined if it has no holder, a dead one, or this process in an earlier life. */
async function standing(file: string, self: Holder): Promise<Standing | undefined> {
  const info = await stat(file).catch(() => undefined);
  if (!info) return undefined;
  const holder = parseHolder(await readFile(file, 'utf8').catch(() => ''));
  if (isSame(holder, self)) return undefined;
  const alive = holder && isAlive(holder, self);
  if (alive !== undefined) return alive ? { holder, certain: true } : undefined;
  return Math.abs(Date.now() - info.mtimeMs) > STALE_MS ? undefined : { holder, certain: false };
}

/** Sends a heartbeat; returns the holder that has taken the lock, which then stays untouched. */
async function showAlive(file: string, self: Holder): Promise<Holder | undefined> {
  const holder = parseHolder(await readFile(file, 'utf8').catch(() => ''));
  if (holder && !isSame(holder, self)) return holder;
  await utimes(file, new Date(), new Date()).catch(() => {});
  return undefined;
}

function readNow(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
