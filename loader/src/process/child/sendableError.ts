import type { SentError } from '../messages';

/** Anything thrown, in the form that is sent to the portal; the stack includes the causes. */
export function sendableError(thrown: unknown): SentError {
  if (!(thrown instanceof Error)) return { name: 'Error', message: String(thrown) };
  return { name: String(thrown.name), message: String(thrown.message), stack: stackOf(thrown) };
}

function stackOf(error: Error): string {
  const own = String(error.stack ?? error.message);
  return error.cause instanceof Error ? `${own}\nCaused by: ${stackOf(error.cause)}` : own;
}
