import type { Response } from 'undici';
import { dispatcherFor, type Trust } from './dispatcher';
import { ATTEMPTS, delayAfter, isTransientFault, isTransientStatus, pause } from './retry';

/** A request that can be made again: its body is in memory. */
export interface HttpRequest {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** False where the caller makes another attempt in its own way. */
  retry?: boolean;
  /** Ends this request, as the signal of the context does. */
  signal?: AbortSignal;
  /** `manual` gives the answer that redirects instead of following it. */
  redirect?: 'follow' | 'manual';
}

/** What every request is made with. */
export interface HttpContext extends Trust {
  signal?: AbortSignal;
}

/** What a transfer of content is told, and tells. */
export interface TransferContext extends HttpContext {
  /** Called as bytes come or go: how many so far, and of how many where that is known. */
  onBytes?(done: number, total?: number): void;
}

/**
 * Makes a request and gives its answer, whatever the status; redirects are followed, without credentials to another
 * origin. Answers 408, 425, 429 and 5xx and broken connections are tried again, up to five times in all; the last answer
 * or fault counts. Throws CA_INVALID, the reason of `signal`, and faults of the network as they are.
 */
export async function send(url: URL | string, request: HttpRequest, context: HttpContext): Promise<Response> {
  const { fetch } = await import('undici');
  const dispatcher = await dispatcherFor(context);
  const { method = 'GET', headers, body, retry = true, redirect = 'follow' } = request;
  const signals = [context.signal, request.signal].filter((one) => one !== undefined);
  const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
  for (let attempt = 1; ; attempt++) {
    const last = !retry || attempt === ATTEMPTS;
    let delay: number | undefined;
    try {
      const response = await fetch(url, {
        method,
        // What is stored is what is asked for: archives are checked as they were sent.
        headers: { 'accept-encoding': 'identity', ...headers },
        body,
        dispatcher,
        redirect,
        signal,
      });
      if (last || !isTransientStatus(response.status)) return response;
      delay = delayAfter(attempt, response.headers.get('retry-after'));
      if (delay === undefined) return response;
      await response.body?.cancel();
    } catch (error) {
      signal?.throwIfAborted();
      if (last || !isTransientFault(error)) throw error;
      delay = delayAfter(attempt)!;
    }
    await pause(delay, signal);
  }
}

/** True for what is fetched instead of read from disk. */
export function isAddress(target: string): boolean {
  return /^https?:\/\//i.test(target);
}

/** The value of an Authorization header for a user name and password. */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
