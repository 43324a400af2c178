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
  /** The same for archives: only reading one tells whether all of it is there. */
  quietMs: number;
  /** The same for folders without a manifest: nothing says when those are complete. */
  quietForeignMs: number;
  /** An incomplete drop that has not changed for this long is taken as it is, to be rejected by name. */
  giveUpMs: number;
}

export const SETTLE_TIMES: SettleTimes = { wholeMs: 250, quietMs: 250, quietForeignMs: 1000, giveUpMs: 10_000 };

/** For who reads a drop as soon as it may be whole, and then waits until it is {@link quiet}, or has settled where it was not. */
export const PROMPT_TIMES: SettleTimes = { ...SETTLE_TIMES, wholeMs: 0, quietMs: 50 };

const POLL_MS = 50;

/**
 * Waits until a drop is complete and nothing has changed for the quiet time, so that a half-copied one is never
 * loaded. A drop that has long been there settles at once, and one that is as it was when it had settled before: `known`.
 * Resolves with the text of its last {@link snapshot}, empty for a drop that was removed meanwhile.
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
    // Not longer than a drop has to be quiet still.
    await sleep(quietMs < completeMs ? Math.min(POLL_MS, completeMs - quietMs) : POLL_MS);
    const now = await snapshot(drop);
    if (now.text !== seen.text) quietSince = Date.now();
    seen = now;
  }
}

/** True for a drop that has settled as it was when it was `seen`: {@link settle} would resolve at once. */
export async function hasSettled(drop: Drop, seen: Snapshot, times: SettleTimes, fs: FileSystem): Promise<boolean> {
  const quietMs = Date.now() - seen.changedAt;
  if (seen.text === '' || quietMs < completeAfter(drop, times)) return false;
  return quietMs >= times.giveUpMs || isEnough(quietMs, await inspect(drop, fs), times);
}

/** The text of a drop's {@link snapshot} when nothing has changed in it for `ms`, or of one that differs from `seen` before. */
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

/** Judges a folder by its manifest; one that package.json announces but that is not there yet is awaited. */
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
    // A later format is complete and will be refused by name; anything else may still be under the pen.
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
