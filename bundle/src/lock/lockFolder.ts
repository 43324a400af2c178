import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StagedoorError } from '../error';
import { blockingClaims, claim, topClaim } from './claims';
import { HeldLock, type FolderLock } from './heldLock';
import { formatHolder, ownHolder, workFolder, type Holder } from './holder';
import { listenIn } from './listener';
import { Observer } from './observer';

/** Times of a lock, in milliseconds. */
export interface LockTimes {
  /** How often a holder renews its claim. */
  renewMs: number;
  /** A holder that cannot be seen from here is dead when it has not renewed its claim for this long. */
  leaseMs: number;
  /** How often a waiting process looks. */
  pollMs: number;
}

const TIMES: LockTimes = { renewMs: 3000, leaseMs: 15_000, pollMs: 50 };

/** How {@link lockFolder} waits, and what it says. */
export interface LockOptions {
  /** How long to wait for a holder that lives. Default: not at all. */
  patienceMs?: number;
  signal?: AbortSignal;
  /** Called once if there is something to wait for. */
  onWait?: () => void;
  /** Called once when another process has taken the lock from this one. */
  onLost?: (fault: StagedoorError) => void;
  /** The error for a lock that `holder` has, instead of this process; of others, only what they wrote is known. */
  taken(holder: Holder | undefined, reason: 'held' | 'lost'): StagedoorError;
  times?: LockTimes;
}

/**
 * Takes the lock that `folder` stands for. On one machine a holder keeps it as long as it lives, even if it stands still, and loses it
 * at once when it dies. A holder that cannot be seen from here, on another machine, has to renew it; whoever loses it cannot rename
 * anything out of {@link FolderLock.work} any more. No clocks are compared. Throws what `taken` makes, what the file system says, and the
 * reason of `signal`.
 */
export async function lockFolder(folder: string, options: LockOptions): Promise<FolderLock> {
  const { patienceMs = 0, signal, onWait, taken, times = TIMES } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const observer = new Observer(folder, times);
  const until = performance.now() + patienceMs;
  for (let waits = 0; ; waits++) {
    signal?.throwIfAborted();
    const top = await topClaim(blockingClaims, folder);
    const { state, holder } = await observer.judge(top);
    if (state === 'free') {
      const lock = await take(folder, top.number + 1, options);
      if (lock) return lock;
    }
    if (state === 'held' && performance.now() >= until) throw taken(holder, 'held');
    if (waits === 0) onWait?.();
    await sleep(times.pollMs, undefined, { signal });
  }
}

/** Takes a lock whose holder is gone; undefined if another process did so first. */
async function take(
  folder: string,
  number: number,
  { onLost, taken, times = TIMES }: LockOptions,
): Promise<FolderLock | undefined> {
  const id = randomBytes(6).toString('hex');
  const work = workFolder(folder, id);
  // Before the claim: the next holder finds it there, and removes it.
  mkdirSync(work, { mode: 0o700 });
  const listener = listenIn(work);
  let names: string[] | undefined;
  try {
    const text = formatHolder(ownHolder(folder, id, listener !== undefined));
    names = await claim(blockingClaims, folder, { number, text });
    if (!names) return undefined;
    const lock = new HeldLock({ folder, work, text, number, listener, taken, ...times, ...(onLost && { onLost }) });
    await lock.removeOthers(names);
    return lock;
  } finally {
    if (!names) {
      listener?.close();
      rmSync(work, { recursive: true, force: true });
    }
  }
}
