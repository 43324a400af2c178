import type { StagedoorError } from '@stagedoor/bundle';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stateDirectoryInUse } from './errors';
import { isAlive, isSame, ownHolder, parseHolder, type Holder } from './lockHolder';
import { writingState } from './stateDirectory';

/** How often the holder shows that it lives, in milliseconds. */
const BEAT_MS = 2000;
/** A holder that cannot be seen from here, and has not shown that it lives for this long, is dead; in milliseconds. */
const STALE_MS = 10_000;

/**
 * Takes a state directory for this process: two portals on one would delete each other's staged copies. A lock whose
 * process has died is taken over, at once where that can be seen, else when it has gone stale; one whose process can be
 * seen to live never is, however long it stands still. `lost` hears, once, that another process took the lock of this one.
 * Throws STATE_DIRECTORY_IN_USE, STATE_UNWRITABLE.
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
  /** Throws STATE_DIRECTORY_IN_USE where another process took it, because this one stood still for long. */
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
      // Half a lock is nobody's.
      await rm(file, { force: true });
      throw error;
    }
  });
}

/** A lock that stands. */
interface Standing {
  /** Undefined for one that is just being written. */
  holder?: Holder;
  /** True where the holder is seen to live. */
  certain: boolean;
}

/** The lock that somebody else holds; undefined for that of nobody, of a dead process, or of this one in an earlier life. */
async function standing(file: string, self: Holder): Promise<Standing | undefined> {
  const info = await stat(file).catch(() => undefined);
  if (!info) return undefined;
  const holder = parseHolder(await readFile(file, 'utf8').catch(() => ''));
  if (isSame(holder, self)) return undefined;
  const alive = holder && isAlive(holder, self);
  if (alive !== undefined) return alive ? { holder, certain: true } : undefined;
  return Math.abs(Date.now() - info.mtimeMs) > STALE_MS ? undefined : { holder, certain: false };
}

/** Shows that this process lives; returns who has taken its lock, which it then leaves alone. */
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
