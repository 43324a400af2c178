import type { Attributes } from '@opentelemetry/api';

/** Upper bounds of the buckets of every duration, in seconds. */
export const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** A name, what it means and its unit, as OpenTelemetry describes an instrument. */
export interface Described {
  name: string;
  description: string;
  unit: string;
}

/**
 * The durations of one kind of thing, in seconds, counted by bucket. OpenTelemetry's own instruments hash their attributes at
 * each measurement; this one is looked up once.
 */
export class Series {
  readonly attributes: Attributes;
  /** One more than there are bounds: the last one has none. */
  readonly counts = new Array<number>(BUCKETS.length + 1).fill(0);
  count = 0;
  sum = 0;

  constructor(attributes: Attributes) {
    this.attributes = attributes;
  }

  record(seconds: number): void {
    let bucket = 0;
    while (bucket < BUCKETS.length && seconds > BUCKETS[bucket]!) bucket++;
    this.counts[bucket]!++;
    this.count++;
    this.sum += seconds;
  }
}

/** Durations that are counted by {@link Series} and reported on request. */
export interface SeriesSource {
  readonly described: Described;
  series(): Iterable<Series>;
}
