import type { Response } from 'express';

/** Hears of requests as they begin and end. */
export interface RequestObserver {
  began(): void;
  /** The response is done, or its client is gone. */
  ended(response: Response, ms: number): void;
}

/** The requests that a generation is answering. */
export class ActiveRequests {
  /** Those under way, each at a place of its own, and gaps: every request passes here, and a set hashes twice. */
  readonly #responses: Array<Response | undefined> = [];
  readonly #gaps: number[] = [];
  readonly #idle: Array<() => void> = [];
  readonly #observer: RequestObserver | undefined;

  constructor(observer?: RequestObserver) {
    this.#observer = observer;
  }

  get count(): number {
    return this.#responses.length - this.#gaps.length;
  }

  /** Counts the request until its response is done or its client is gone. */
  add(response: Response): void {
    const place = this.#gaps.pop() ?? this.#responses.length;
    this.#responses[place] = response;
    const began = performance.now();
    this.#observer?.began();
    // It closes but once.
    response.on('close', () => {
      this.#observer?.ended(response, performance.now() - began);
      this.#responses[place] = undefined;
      this.#gaps.push(place);
      if (this.#idle.length > 0 && this.count === 0) this.#idle.splice(0).forEach((resolve) => resolve());
    });
  }

  /**
   * Waits until no request is left, at most `timeoutMs`. What is left then is ended: a response that has
   * begun is closed as its protocol closes one, one that has not is answered 503.
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
      // The plugin may still write; that is no longer anybody's fault.
      response.on('error', () => {});
      if (!response.headersSent) response.status(503).set('Retry-After', '1');
      response.end();
    }
  }
}
