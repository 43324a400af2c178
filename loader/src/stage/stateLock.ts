import { StagedoorError } from '@stagedoor/bundle';
import { readFileSync, rmSync } from 'node:fs';
import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The process that uses a state directory. */
interface Holder {
  pid: number;
  host: string;
}

/** How often the holder shows that it lives, in milliseconds. */
const BEAT_MS = 2000;
/** A holder that has not shown it for this long is dead, in milliseconds. */
const STALE_MS = 10_000;

/**
 * Takes a state directory for this process: two portals on one would delete each other's staged copies. A lock whose
 * process has died is taken over, at once where that can be seen, else when it has gone stale. Throws
 * STATE_DIRECTORY_IN_USE.
 */
export async function lockState(stateDir: string): Promise<{ release(): void }> {
  const file = join(stateDir, 'lock.json');
  const self: Holder = { pid: process.pid, host: hostname() };
  const deadline = Date.now() + STALE_MS + BEAT_MS;
  while (!(await create(file, self))) {
    const holder = await aliveHolder(file, self);
    if (!holder) await rm(file, { force: true });
    else if (holder.host === self.host || Date.now() > deadline) throw inUse(stateDir, holder);
    else await sleep(BEAT_MS / 4);
  }
  const beat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => {}), BEAT_MS).unref();
  return {
    release: () => {
      clearInterval(beat);
      if (
        same(
          readHolder(() => readFileSync(file, 'utf8')),
          self,
        )
      )
        rmSync(file, { force: true });
    },
  };
}

/** Writes the lock file; false when there is one. */
async function create(file: string, self: Holder): Promise<boolean> {
  try {
    await writeFile(file, JSON.stringify(self), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Who else holds the lock; undefined for nobody, a dead process, or this one in an earlier life. */
async function aliveHolder(file: string, self: Holder): Promise<Holder | undefined> {
  const info = await stat(file).catch(() => undefined);
  if (!info || Math.abs(Date.now() - info.mtimeMs) > STALE_MS) return undefined;
  const text = await readFile(file, 'utf8').catch(() => '');
  const holder = readHolder(() => text);
  if (!holder || same(holder, self)) return undefined;
  return holder.host === self.host && !isAlive(holder.pid) ? undefined : holder;
}

function readHolder(read: () => string): Holder | undefined {
  try {
    const value = JSON.parse(read()) as Partial<Holder> | null;
    return typeof value?.pid === 'number' && typeof value.host === 'string' ? (value as Holder) : undefined;
  } catch {
    return undefined;
  }
}

function same(a: Holder | undefined, b: Holder): boolean {
  return a?.pid === b.pid && a.host === b.host;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function inUse(stateDir: string, { pid, host }: Holder): StagedoorError {
  return new StagedoorError('STATE_DIRECTORY_IN_USE', `Process ${pid} on ${host} uses ${stateDir} already.`);
}
