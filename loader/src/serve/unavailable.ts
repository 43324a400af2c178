import type { StagedoorError } from '@stagedoor/bundle';
import type { Response } from 'express';

/** How long a client waits before it asks again for a plugin that only an operator brings back, in seconds. */
export const QUARANTINED_RETRY_S = 300;

/** Answers 503 with the coded fault and when to come back, in seconds; an answer that has begun is broken off. */
export function answerUnavailable(
  response: Response,
  { code, message, hint }: StagedoorError,
  retryAfterS: number,
): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  response.status(503).set('Retry-After', String(retryAfterS));
  response.json({ error: { name: 'ServiceUnavailableError', code, message, hint } });
}
