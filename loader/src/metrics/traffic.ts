import type { Attributes, Histogram } from '@opentelemetry/api';
import type { Response } from 'express';
import type { RequestObserver } from '../serve/requests';

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Counts the requests of one plugin. */
export class Traffic implements RequestObserver {
  inFlight = 0;
  readonly #pluginId: string;
  readonly #histograms: readonly Histogram[];
  /** Made once: a request costs no more than a look-up here. */
  readonly #attributes = new Map<string, Attributes>();

  constructor(pluginId: string, histograms: readonly Histogram[]) {
    this.#pluginId = pluginId;
    this.#histograms = histograms;
  }

  began(): void {
    this.inFlight++;
  }

  ended(response: Response, ms: number): void {
    this.inFlight--;
    const attributes = this.#attributesOf(response);
    for (const histogram of this.#histograms) histogram.record(ms / 1000, attributes);
  }

  #attributesOf({ req, statusCode, writableFinished }: Response): Attributes {
    const method = METHODS.has(req.method) ? req.method : 'other';
    const status = writableFinished
      ? `${Math.floor(statusCode / 100)}xx`
      : req.headers.upgrade
        ? 'upgraded'
        : 'aborted';
    const key = `${method} ${status}`;
    let attributes = this.#attributes.get(key);
    if (!attributes) {
      attributes = { plugin: this.#pluginId, method, status };
      this.#attributes.set(key, attributes);
    }
    return attributes;
  }
}
