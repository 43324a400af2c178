import type { StagedoorError } from '@stagedoor/bundle';
import type { Response } from 'express';
import { answerNotHttp } from './errors';
import type { SlotTarget } from './slots';

/** How long a client waits before it asks again for a plugin that only an operator brings back, in seconds. */
export const QUARANTINED_RETRY_S = 300;

/** Answers 503 with the coded fault and when to come back, in seconds; an answer that has begun is broken off. */
export function answerUnavailable(response: Response, fault: StagedoorError, retryAfterS: number): void {
  answerFault(response, 503, 'ServiceUnavailableError', fault, { 'Retry-After': String(retryAfterS) });
}

/** Answers in the place of a plugin of the portal that failed and may: 503, as Backstage does after a while. */
export function didNotStart(pluginId: string): SlotTarget {
  return { handle: (_path, _request, response) => answerDidNotStart(response, pluginId) };
}

/** Answers 503 for a plugin whose init failed. */
export function answerDidNotStart(response: Response, pluginId: string): void {
  const error = { name: 'ServiceUnavailableError', message: `Plugin '${pluginId}' did not start` };
  response.status(503).json({ error });
}

/** Answers 502 with ANSWER_INVALID; an answer that has begun is broken off. */
export function answerInvalid(response: Response, pluginId: string, { message }: Error): void {
  const fault = answerNotHttp(pluginId, message);
  // Some may have been taken over from that answer.
  for (const name of response.getHeaderNames()) {
    if (name.startsWith('content-') && !response.headersSent) response.removeHeader(name);
  }
  answerFault(response, 502, 'BadGatewayError', fault);
}

function answerFault(
  response: Response,
  status: number,
  name: string,
  { code, message, hint }: StagedoorError,
  headers: Record<string, string> = {},
): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  response.status(status).set(headers).json({ error: { name, code, message, hint } });
}
