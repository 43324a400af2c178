import type { ErrorCode, StagedoorError } from '@stagedoor/bundle';
import { downloadTooLarge, tooSlow } from './errors';

/** Limits of a download, so that it ends whatever a server does. */
export interface DownloadLimits {
  bytes: number;
  /** For the whole download, waiting and further attempts included. */
  timeoutMs: number;
  /** The minimum rate while content is received; see {@link MIN_PACE}. */
  pace?: MinPace;
}

/** Fewer bytes than these, on average over each period, end a download. */
export interface MinPace {
  bytesPerSecond: number;
  periodMs: number;
}

const MIB = 1024 * 1024;

/** Slower than any usable connection. */
const MIN_PACE: MinPace = { bytesPerSecond: 8 * 1024, periodMs: 30_000 };

/** For an archive of one bundle; those are a few megabytes. */
export const ARCHIVE_LIMITS: DownloadLimits = { bytes: 256 * MIB, timeoutMs: 15 * 60_000 };
/** For a layer of an image, which may hold many plugins. */
export const LAYER_LIMITS: DownloadLimits = { bytes: 2048 * MIB, timeoutMs: 60 * 60_000 };
/** For what an npm registry lists of one package: the largest lists in use have about 20 MiB. */
export const PACKUMENT_LIMITS: DownloadLimits = { bytes: 32 * MIB, timeoutMs: 2 * 60_000 };
/** For a manifest: the most that the image specification asks registries to take. */
export const MANIFEST_LIMITS: DownloadLimits = { bytes: 4 * MIB, timeoutMs: 60_000 };
/** For a token, an error, and other answers of a few lines. */
export const ANSWER_LIMITS: DownloadLimits = { bytes: MIB, timeoutMs: 60_000 };

/** Description of a download, for errors. */
export interface Download {
  /** Its name, without secrets. */
  shown: string;
  limits: DownloadLimits;
  /** The code for more bytes than allowed. */
  tooLarge: ErrorCode;
}

/** The error for more bytes than {@link Download} allows. */
export function tooManyBytes({ shown, limits, tooLarge }: Download): StagedoorError {
  return downloadTooLarge(tooLarge, shown, limits.bytes, formatMiB(limits.bytes));
}

/** Enforces the time limits of a download, for all attempts together. */
export class Pace {
  readonly #download: Download;
  readonly #now: () => number;
  readonly #deadline: number;
  #periodBegan: number;
  #bytes = 0;

  constructor(download: Download, now: () => number = () => performance.now()) {
    this.#download = download;
    this.#now = now;
    this.#periodBegan = now();
    this.#deadline = this.#periodBegan + download.limits.timeoutMs;
  }

  /** Runs a wait for a busy server: it counts towards the total time, but not the pace. */
  async outside<T>(wait: () => Promise<T>): Promise<T> {
    const before = this.#now();
    try {
      return await wait();
    } finally {
      this.#periodBegan += this.#now() - before;
    }
  }

  /** Records received bytes. Throws DOWNLOAD_TOO_SLOW. */
  add(bytes: number): void {
    const { timeoutMs, pace: { bytesPerSecond, periodMs } = MIN_PACE } = this.#download.limits;
    const now = this.#now();
    if (now > this.#deadline) throw tooSlow(this.#download, `not complete after ${timeoutMs / 1000} s`);
    this.#bytes += bytes;
    const elapsed = now - this.#periodBegan;
    if (elapsed < periodMs) return;
    if (this.#bytes < (bytesPerSecond * elapsed) / 1000) {
      throw tooSlow(
        this.#download,
        `only ${this.#bytes} bytes came in ${Math.round(elapsed / 100) / 10} s, fewer than ${bytesPerSecond} per second`,
      );
    }
    this.#periodBegan = now;
    this.#bytes = 0;
  }
}

function formatMiB(bytes: number): string {
  return bytes % MIB === 0 ? `${bytes / MIB} MiB (${bytes} bytes)` : `${bytes} bytes`;
}
