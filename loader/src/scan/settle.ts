import {
  isBundlePath,
  isStagedoorError,
  readManifest,
  readPackageJson,
  waitingFileSystem,
  type FileSystem,
} from '@stagedoor/bundle';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Drop } from './drop';
import { snapshot, type Snapshot } from './snapshot';

/** Quiet times of the settle rule, in milliseconds. */
export interface SettleTimes {
  /** No change for this long, once all files of the manifest are there. */
  wholeMs: number;
  /** The same for archives, whose completeness shows only when they are read. */
  quietMs: number;
  /** The same for folders without a manifest, whose completeness is unknown. */
  quietForeignMs: number;
  /** An incomplete drop that has not changed for this long is read anyway, to be rejected with a reason. */
  giveUpMs: number;
}

export const SETTLE_TIMES: SettleTimes = { wholeMs: 250, quietMs: 250, quietForeignMs: 1000, giveUpMs: 10_000 };

/**
 * For callers that read a drop as soon as it may be complete, and then wait until it is {@link quiet}, or has settled if it
 * was not.
 */
export const PROMPT_TIMES: SettleTimes = { ...SETTLE_TIMES, wholeMs: 0, quietMs: 50 };

const POLL_MS = 50;

/**
 * Waits until a drop is complete and has not changed for the quiet time, so that a partial copy is never loaded. A drop that
 * has been there for long settles at once, and so does one that is unchanged since it last settled: `known`. Resolves with
 * the text of its last {@link snapshot}, empty for a drop that was removed meanwhile.
 */
export async function settle(drop: Drop, known?: string, times: SettleTimes = SETTLE_TIMES): Promise<string> {
  const completeMs = completeAfter(drop, times);
  let seen = await snapshot(drop);
  if (seen.text === known) return known;
  let quietSince = Math.min(Date.now(), seen.changedAt);
  let inspected: { text: string; completeness: Completeness } | undefined;
  for (;;) {
    const quietMs = Date.now() - quietSince;
    if (seen.text === '' || quietMs >= times.giveUpMs) return seen.text;
    if (quietMs >= completeMs) {
      // Once for each content: a manifest may be large.
      if (inspected?.text !== seen.text) {
        inspected = { text: seen.text, completeness: await inspect(drop) };
      }
      if (isEnough(quietMs, inspected.completeness, times)) return seen.text;
    }
    // At most as long as the remaining quiet time.
    await sleep(quietMs < completeMs ? Math.min(POLL_MS, completeMs - quietMs) : POLL_MS);
    const now = await snapshot(drop);
    if (now.text !== seen.text) quietSince = Date.now();
    seen = now;
  }
}

/** True for a drop that had settled when it was `seen` and is unchanged: {@link settle} would resolve at once. */
export async function hasSettled(drop: Drop, seen: Snapshot, times: SettleTimes, fs: FileSystem): Promise<boolean> {
  const quietMs = Date.now() - seen.changedAt;
  if (seen.text === '' || quietMs < completeAfter(drop, times)) return false;
  return quietMs >= times.giveUpMs || isEnough(quietMs, await inspect(drop, fs), times);
}

/** The text of a drop's {@link snapshot} after nothing changed in it for `ms`, or of one that differs from `seen` earlier. */
export async function quiet(drop: Drop, seen: string, ms: number, fs: FileSystem = waitingFileSystem): Promise<string> {
  const now = await snapshot(drop, fs);
  const leftMs = Math.min(ms, now.changedAt + ms - Date.now());
  if (now.text !== seen || leftMs <= 0) return now.text;
  await sleep(leftMs);
  return (await snapshot(drop, fs)).text;
}

function completeAfter({ kind }: Drop, { quietMs, wholeMs }: SettleTimes): number {
  return kind === 'archive' ? quietMs : wholeMs;
}

function isEnough(quietMs: number, completeness: Completeness, { quietForeignMs }: SettleTimes): boolean {
  return completeness === 'complete' || (completeness === 'foreign' && quietMs >= quietForeignMs);
}

type Completeness = 'complete' | 'foreign' | 'incomplete';

/** Compares a folder with its manifest. A manifest that package.json announces and that is missing is still expected. */
async function inspect({ kind, path: dir }: Drop, fs: FileSystem = waitingFileSystem): Promise<Completeness> {
  if (kind === 'archive') return 'complete';
  let announced: boolean;
  try {
    announced = 'stagedoor' in (await readPackageJson(dir, fs));
  } catch {
    return 'incomplete';
  }
  try {
    const manifest = await readManifest(dir, fs);
    if (!manifest) return announced ? 'incomplete' : 'foreign';
    for (const file of manifest.files) {
      if (!isBundlePath(file.path)) return 'complete';
      if ((await sizeOf(join(dir, file.path), fs)) !== file.size) return 'incomplete';
    }
    return 'complete';
  } catch (error) {
    // A newer format is complete, and will be rejected with a reason; anything else may still be being written.
    return isStagedoorError(error) && error.code === 'FORMAT_UNSUPPORTED' ? 'complete' : 'incomplete';
  }
}

async function sizeOf(file: string, fs: FileSystem): Promise<number | undefined> {
  try {
    return (await fs.stat(file)).size;
  } catch {
    return undefined;
  }
}
