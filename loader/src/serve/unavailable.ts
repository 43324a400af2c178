import { StagedoorError } from '@stagedoor/bundle';
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

/** Answers 502 with ANSWER_INVALID; an answer that has begun is broken off. */
export function answerInvalid(response: Response, pluginId: string, { message }: Error): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  for (const name of response.getHeaderNames()) if (name.startsWith('content-')) response.removeHeader(name);
  const fault = new StagedoorError(
    'ANSWER_INVALID',
    `Plugin '${pluginId}' gave an answer that is no HTTP: ${message}.`,
  );
  response.status(502);
  response.json({ error: { name: 'BadGatewayError', code: fault.code, message: fault.message, hint: fault.hint } });
}
