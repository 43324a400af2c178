import type { StagedoorError } from '@stagedoor/bundle';
import type { Response } from 'express';
import { answerNotHttp } from './errors';
import type { SlotTarget } from './slotTarget';

/** Seconds before a client should retry for a plugin that only an operator can bring back. */
export const QUARANTINED_RETRY_S = 300;

/** The same for a plugin that is starting, as a header. */
const STARTING_RETRY_S = '5';

/** Answers 503 with the error and Retry-After in seconds; a response that has begun is aborted. */
export function answerUnavailable(response: Response, fault: StagedoorError, retryAfterS: number): void {
  answerFault(response, 503, 'ServiceUnavailableError', fault, { 'Retry-After': String(retryAfterS) });
}

/** Answers for a static plugin that was permitted to fail: 503, as Backstage does after a while. */
export function didNotStart(pluginId: string): SlotTarget {
  return { handle: (_path, _request, response) => answerDidNotStart(response, pluginId) };
}

/** Answers 503 for a plugin whose init failed. */
export function answerDidNotStart(response: Response, pluginId: string): void {
  const error = { name: 'ServiceUnavailableError', message: `Plugin '${pluginId}' did not start` };
  response.status(503).json({ error });
}

/** Answers 503 with Retry-After for a plugin that is still starting, with the message of Backstage. */
export function answerStarting(response: Response): void {
  if (response.headersSent || response.destroyed) return;
  const error = { name: 'ServiceUnavailableError', message: 'Service has not started up yet' };
  response.status(503).set('Retry-After', STARTING_RETRY_S).json({ error });
}

/** Answers 502 with ANSWER_INVALID; a response that has begun is aborted. */
export function answerInvalid(response: Response, pluginId: string, { message }: Error): void {
  const fault = answerNotHttp(pluginId, message);
  // Some headers may have been copied from that answer.
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
