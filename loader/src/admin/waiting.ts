import type { Request, Response } from 'express';

/** How long a client waits for the end of an operation when it does not say. */
const DEFAULT_SECONDS = 2;
/** Proxies commonly end a request that has no answer after a minute. */
const MAX_SECONDS = 55;

/**
 * How long to wait for the end of an operation before it is answered 202, in milliseconds: what the client says with
 * `Prefer: wait=<seconds>` (RFC 7240), at most {@link MAX_SECONDS}; the answer then says what applied.
 */
export function waitFor(request: Request, response: Response): number {
  const preferred = /(?:^|[,;\s])wait\s*=\s*"?(\d+)/i.exec(request.get('prefer') ?? '');
  if (!preferred) return DEFAULT_SECONDS * 1000;
  const seconds = Math.min(Number(preferred[1]), MAX_SECONDS);
  response.setHeader('preference-applied', `wait=${seconds}`);
  return seconds * 1000;
}
