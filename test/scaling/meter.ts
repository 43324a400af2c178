import type { IncomingMessage, ServerResponse } from 'node:http';

/** What registries were asked for. */
export interface Traffic {
  requests: number;
  /** Those that got 429 or 503. */
  refused: number;
  /** Bytes sent, headers included. */
  bytes: number;
  /** Most requests in flight at once. */
  peak: number;
}

/** How a registry turns a request away. */
export interface Refusal {
  status: 429 | 503;
  /** Seconds. */
  retryAfter?: number;
}

/** Counts what passes the fronts of registries, and may turn requests away as a registry at its limit does. */
export class Meter {
  /** Decides about each request. */
  refuse: () => Refusal | undefined = () => undefined;
  #traffic: Traffic = none();
  #inFlight = 0;

  /** Traffic since the last call. */
  take(): Traffic {
    const taken = this.#traffic;
    this.#traffic = none();
    return taken;
  }

  /** For the fronts of all registries. */
  readonly intercept = (request: IncomingMessage, response: ServerResponse): boolean => {
    const traffic = this.#traffic;
    const before = request.socket.bytesWritten;
    traffic.requests++;
    traffic.peak = Math.max(traffic.peak, ++this.#inFlight);
    response.once('close', () => {
      this.#inFlight--;
      traffic.bytes += request.socket.bytesWritten - before;
    });
    const refusal = this.refuse();
    if (!refusal) return false;
    traffic.refused++;
    response.writeHead(refusal.status, refusal.retryAfter ? { 'retry-after': String(refusal.retryAfter) } : {}).end();
    return true;
  };
}

/**
 * Lets `perSecond` requests pass in a second and says when to come back, as registries with a limit do. What is allowed in
 * the second of the first request has been used up by others.
 */
export function limitOf(perSecond: number): () => Refusal | undefined {
  let second: number | undefined;
  let passed = perSecond;
  return () => {
    const now = Math.floor(performance.now() / 1000);
    if (now !== (second ??= now)) [second, passed] = [now, 0];
    return ++passed > perSecond ? { status: 429, retryAfter: 1 } : undefined;
  };
}

/** Fails for `ms` milliseconds from the first request on. */
export function outageOf(ms: number): () => Refusal | undefined {
  let begin: number | undefined;
  return () => {
    begin ??= performance.now();
    return performance.now() - begin < ms ? { status: 503 } : undefined;
  };
}

function none(): Traffic {
  return { requests: 0, refused: 0, bytes: 0, peak: 0 };
}
