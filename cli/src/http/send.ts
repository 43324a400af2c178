import type { RequestInit, Response, fetch as Fetch } from 'undici';
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
  /** False if the caller makes another attempt in its own way. */
  retry?: boolean;
  /** Ends this request, as the signal of the context does. */
  signal?: AbortSignal;
  /** `manual` gives the answer that redirects instead of following it. */
  redirect?: 'follow' | 'manual';
}

/** Context of every request. */
export interface HttpContext extends Trust {
  signal?: AbortSignal;
  /** Receives warnings; one sentence each. */
  onWarning?(text: string): void;
}

/** The limit of fetch. */
const MOST_REDIRECTS = 20;

/** Settings and callbacks of a transfer. */
export interface TransferContext extends HttpContext {
  /** Called as bytes come or go: how many so far, and of how many where that is known. */
  onBytes?(done: number, total?: number): void;
}

/**
 * Sends a request and returns the response, whatever its status. Redirects are followed, without credentials to another
 * origin. Responses 408, 425, 429 and 5xx and broken connections are retried, up to five attempts; the last response or error
 * is the result. Throws CA_INVALID, the reason of `signal`, and network errors unchanged.
 */
export async function send(url: URL | string, request: HttpRequest, context: HttpContext): Promise<Response> {
  const { fetch } = await import('undici');
  const dispatcher = await dispatcherFor(context);
  const { method = 'GET', headers, body, retry = true, redirect = 'follow' } = request;
  const signals = [context.signal, request.signal].filter((one) => one !== undefined);
  const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
  const options: SendOptions = {
    method,
    // What is stored is what is asked for: archives are checked as they were sent.
    headers: { 'accept-encoding': 'identity', ...headers },
    dispatcher,
    redirect,
    signal,
  };
  for (let attempt = 1; ; attempt++) {
    const last = !retry || attempt === ATTEMPTS;
    let delay: number | undefined;
    try {
      const response = await (isSized(body) ? sendSized(fetch, url, body, options) : fetch(url, { ...options, body }));
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

/** Options of fetch besides the body. */
type SendOptions = Pick<RequestInit, 'method' | 'dispatcher' | 'redirect' | 'signal'> & {
  headers: Record<string, string>;
};

/** Sends content that is read meanwhile: fetch follows redirects by itself only where it has the body in memory. */
async function sendSized(
  fetch: typeof Fetch,
  url: URL | string,
  body: SizedBody,
  { headers, redirect, ...options }: SendOptions,
): Promise<Response> {
  let target = new URL(String(url));
  // Registries and storage services refuse a body whose length they are not told beforehand.
  let sent: Record<string, string> = { ...headers, 'content-length': String(body.size) };
  for (let redirects = 0; ; redirects++) {
    const init = { ...options, headers: sent, body: body.open(), duplex: 'half', redirect: 'manual' } as const;
    const response = await fetch(target, init);
    const location = response.headers.get('location');
    const leads = (response.status === 307 || response.status === 308) && location !== null;
    if (!leads || redirect !== 'follow' || redirects === MOST_REDIRECTS || !URL.canParse(location, target.href)) {
      return response;
    }
    await response.body?.cancel();
    const onward = new URL(location, target);
    if (onward.origin !== target.origin) sent = withoutCredentials(sent);
    target = onward;
  }
}

function withoutCredentials(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'));
}

function isSized(body: HttpRequest['body']): body is SizedBody {
  return typeof body === 'object' && !(body instanceof Uint8Array);
}

/** True for an address, as opposed to a path. */
export function isAddress(target: string): boolean {
  return /^https?:\/\//i.test(target);
}

/** The value of an Authorization header for a user name and password. */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
