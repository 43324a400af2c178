import type { Response } from 'undici';
import { dispatcherFor, type Trust } from './dispatcher';
import { ATTEMPTS, delayAfter, isTransientFault, isTransientStatus, pause } from './retry';

/** Content of a known size that is read while it is sent, each time from its beginning. */
export interface SizedBody {
  size: number;
  open(): AsyncIterable<Uint8Array>;
}

/** A request that can be made again. */
export interface HttpRequest {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array | SizedBody;
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
  /** Told what a person should know although the command goes on; one sentence. */
  onWarning?(text: string): void;
}

/** As many as fetch follows by default. */
const MOST_REDIRECTS = 20;

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
  let target = new URL(String(url));
  let sent = headers;
  let redirects = 0;
  for (let attempt = 1; ; attempt++) {
    const last = !retry || attempt === ATTEMPTS;
    let delay: number | undefined;
    try {
      const response = await fetch(target, {
        method,
        // What is stored is what is asked for: archives are checked as they were sent.
        headers: { 'accept-encoding': 'identity', ...lengthOf(body), ...sent },
        ...(isSized(body) ? { body: body.open(), duplex: 'half' as const } : { body }),
        dispatcher,
        redirect: isSized(body) ? 'manual' : redirect,
        signal,
      });
      const onward = isSized(body) && redirect === 'follow' ? redirectOf(response, target) : undefined;
      if (onward && redirects++ < MOST_REDIRECTS) {
        await response.body?.cancel();
        if (onward.origin !== target.origin) sent = withoutCredentials(sent);
        target = onward;
        attempt--;
        continue;
      }
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

/** Where an answer redirects a request that has a body; fetch follows by itself only where it has the body in memory. */
function redirectOf({ status, headers }: Response, from: URL): URL | undefined {
  const location = headers.get('location');
  if ((status !== 307 && status !== 308) || location === null || !URL.canParse(location, from.href)) return undefined;
  return new URL(location, from);
}

function withoutCredentials(headers: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'));
}

function isSized(body: HttpRequest['body']): body is SizedBody {
  return typeof body === 'object' && !(body instanceof Uint8Array);
}

/** Registries and storage services refuse a body whose length they are not told beforehand. */
function lengthOf(body: HttpRequest['body']): Record<string, string> {
  return isSized(body) ? { 'content-length': String(body.size) } : {};
}

/** True for what is fetched instead of read from disk. */
export function isAddress(target: string): boolean {
  return /^https?:\/\//i.test(target);
}

/** The value of an Authorization header for a user name and password. */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
