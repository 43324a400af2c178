import { setTimeout as sleep } from 'node:timers/promises';

/** Number of attempts of a request. */
export const ATTEMPTS = 5;

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 10_000;
/** A longer Retry-After counts as a failure. */
const LONGEST_WAIT_MS = 60_000;

const TRANSIENT_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);

const TRANSIENT_CODES = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

/** True for a response that another attempt may improve. */
export function isTransientStatus(status: number): boolean {
  return TRANSIENT_STATUS.has(status);
}

/** True for a broken or missing connection, as opposed to a request that can never succeed. */
export function isTransientFault(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (TRANSIENT_CODES.has((at as NodeJS.ErrnoException).code ?? '')) return true;
  }
  return false;
}

/**
 * Milliseconds before the attempt after attempt number `attempt` (from 1): what `Retry-After` says, in seconds or as a
 * date, or twice as long each time, less up to half of it, so that many clients do not come back at once. Undefined for
 * a wait that is too long.
 */
export function delayAfter(attempt: number, retryAfter: string | null = null): number | undefined {
  const wait = retryAfter === null ? undefined : parseRetryAfter(retryAfter);
  if (wait !== undefined) return wait <= LONGEST_WAIT_MS ? wait : undefined;
  const delay = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), LONGEST_DELAY_MS);
  return delay * (1 - Math.random() / 2);
}

/** Waits; rejects with the reason of `signal` when that comes first. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw error;
  });
}

function parseRetryAfter(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
