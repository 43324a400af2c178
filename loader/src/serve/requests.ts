import type { Request, Response } from 'express';

/** Is notified when requests begin and end. */
export interface RequestObserver {
  began(): void;
  /** The response to a request of this method is done, or its client is gone. */
  ended(method: string, response: Response, ms: number): void;
}

/**
 * The requests that a generation is answering. Every request passes here, and before Node.js 24 each of Express' has a
 * hidden class of its own: a look at a request or a response is a look-up then, and a set's hash, a getter or a new property
 * costs up to a microsecond.
 */
export class ActiveRequests {
  /** Each response at a place of its own, and free places. */
  readonly #responses: Array<Response | undefined> = [];
  readonly #free: number[] = [];
  readonly #idle: Array<() => void> = [];
  readonly #observer: RequestObserver | undefined;

  constructor(observer?: RequestObserver) {
    this.#observer = observer;
  }

  get count(): number {
    return this.#responses.length - this.#free.length;
  }

  /** Counts the request until its response is done or its client is gone. */
  add({ method }: Request, response: Response): void {
    const place = this.#free.pop() ?? this.#responses.length;
    this.#responses[place] = response;
    const began = performance.now();
    this.#observer?.began();
    response.on('close', () => {
      // A plugin may call it again.
      if (this.#responses[place] !== response) return;
      this.#responses[place] = undefined;
      this.#free.push(place);
      this.#observer?.ended(method, response, performance.now() - began);
      if (this.#idle.length > 0 && this.count === 0) this.#idle.splice(0).forEach((resolve) => resolve());
    });
  }

  /**
   * Waits until no request is left, at most `timeoutMs`. Remaining requests are then ended: a response that has begun is
   * closed according to its protocol, others are answered with 503.
   */
  async drain(timeoutMs: number): Promise<void> {
    if (this.count === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      new Promise<void>((resolve) => this.#idle.push(resolve)),
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, timeoutMs);
      }),
    ]);
    clearTimeout(timer);
    for (const response of [...this.#responses]) {
      if (!response) continue;
      // The plugin may still write; errors of that are ignored.
      response.on('error', () => {});
      if (!response.headersSent) response.status(503).set('Retry-After', '1');
      response.end();
    }
  }
}
