import type { Histogram } from '@opentelemetry/api';
import type { Response } from 'express';
import type { RequestObserver } from '../../serve/requests';
import { OWN_PREFIX } from './exposition';
import { Series, type SeriesSource } from './series';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'other'];
const METHOD_INDEX = new Map(METHODS.map((method, index) => [method, index]));
/** By the first digit of the status code; then what no code was sent of. */
const STATUSES = ['0xx', '1xx', '2xx', '3xx', '4xx', '5xx', '6xx', '7xx', '8xx', '9xx', 'upgraded', 'aborted'];
const UPGRADED = STATUSES.indexOf('upgraded');
const ABORTED = STATUSES.indexOf('aborted');
/** 101 Switching Protocols. */
const SWITCHING = 101;

/** The requests of all plugins. */
export class Traffic implements SeriesSource {
  readonly described = {
    name: `${OWN_PREFIX}plugin_request_duration_seconds`,
    description: 'Time from a request to the end of its response.',
    unit: 's',
  };
  readonly #plugins = new Map<string, PluginTraffic>();
  readonly #others: Histogram[] = [];

  /** The requests of one plugin, whichever generation answers them. */
  of(pluginId: string): PluginTraffic {
    let traffic = this.#plugins.get(pluginId);
    if (!traffic) {
      traffic = new PluginTraffic(pluginId, this.#others);
      this.#plugins.set(pluginId, traffic);
    }
    return traffic;
  }

  /** Records every request in this histogram, too. */
  tell(histogram: Histogram): void {
    this.#others.push(histogram);
  }

  /** How many requests each plugin is answering. */
  *inFlight(): Iterable<[pluginId: string, count: number]> {
    for (const [pluginId, { inFlight }] of this.#plugins) yield [pluginId, inFlight];
  }

  *series(): Iterable<Series> {
    for (const traffic of this.#plugins.values()) yield* traffic.series();
  }
}

/** Counts the requests of one plugin: on the way of every request, so that each step costs a look-up at most. */
export class PluginTraffic implements RequestObserver {
  inFlight = 0;
  readonly #pluginId: string;
  readonly #others: readonly Histogram[];
  readonly #series: Array<Series | undefined> = new Array<undefined>(METHODS.length * STATUSES.length).fill(undefined);

  constructor(pluginId: string, others: readonly Histogram[]) {
    this.#pluginId = pluginId;
    this.#others = others;
  }

  began(): void {
    this.inFlight++;
  }

  ended(method: string, response: Response, ms: number): void {
    this.inFlight--;
    const series = this.#seriesOf(method, response);
    series.record(ms / 1000);
    for (const histogram of this.#others) histogram.record(ms / 1000, series.attributes);
  }

  *series(): Iterable<Series> {
    for (const series of this.#series) if (series) yield series;
  }

  #seriesOf(name: string, response: Response): Series {
    const { statusCode, socket } = response;
    const method = METHOD_INDEX.get(name) ?? METHODS.length - 1;
    // A response that is done has lost its socket, unless it is the portal's own to an upgrade.
    const status =
      socket && !response.writableFinished
        ? ABORTED
        : statusCode === SWITCHING
          ? UPGRADED
          : Math.abs(Math.trunc(statusCode / 100)) % 10 || 0;
    const index = method * STATUSES.length + status;
    let series = this.#series[index];
    if (!series) {
      series = new Series({ plugin: this.#pluginId, method: METHODS[method]!, status: STATUSES[status]! });
      this.#series[index] = series;
    }
    return series;
  }
}
