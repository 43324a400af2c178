import type { Histogram, Meter } from '@opentelemetry/api';
import { OWN_PREFIX } from './exposition';
import { Traffic } from './traffic';

/** Upper bounds of the buckets of every duration, in seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What is looked up when somebody asks for metrics. */
export interface MetricSources {
  /** The state of every bundle. */
  states(): string[];
  /** Plugins that run in processes of their own. */
  processes(): Array<{ pluginId: string; restarts: number; rssBytes: number }>;
}

/**
 * What the portal measures of its plugins. Labels are few and bounded: plugin ids and bundle names that were ever there,
 * states, known methods, classes of status.
 */
export class PortalMetrics {
  readonly #traffic = new Map<string, Traffic>();
  readonly #requests: Histogram[];
  readonly #loads: Histogram[];

  constructor(meters: readonly Meter[], sources: MetricSources) {
    const durations = (name: string, description: string): Histogram[] =>
      meters.map((meter) =>
        meter.createHistogram(`${OWN_PREFIX}${name}`, {
          description,
          unit: 's',
          advice: { explicitBucketBoundaries: BUCKETS },
        }),
      );
    this.#requests = durations('plugin_request_duration_seconds', 'Time from a request to the end of its response.');
    this.#loads = durations('bundle_load_duration_seconds', 'Time from the check of a staged bundle to its end state.');
    for (const meter of meters) this.#observe(meter, sources);
  }

  /** Counts the requests of a plugin, whichever generation answers them. */
  traffic(pluginId: string): Traffic {
    let traffic = this.#traffic.get(pluginId);
    if (!traffic) {
      traffic = new Traffic(pluginId, this.#requests);
      this.#traffic.set(pluginId, traffic);
    }
    return traffic;
  }

  /** Notes that a bundle was loaded, or was not. */
  loaded(bundle: string, outcome: string, ms: number): void {
    for (const histogram of this.#loads) histogram.record(ms / 1000, { bundle, outcome });
  }

  #observe(meter: Meter, { states, processes }: MetricSources): void {
    const gauge = (name: string, description: string): ReturnType<Meter['createObservableGauge']> =>
      meter.createObservableGauge(`${OWN_PREFIX}${name}`, { description });
    gauge('bundles', 'Bundles by state.').addCallback((result) => {
      const all = states();
      for (const state of new Set(all)) result.observe(all.filter((other) => other === state).length, { state });
    });
    gauge('plugin_requests_in_flight', 'Requests that a plugin is answering.').addCallback((result) => {
      for (const [plugin, { inFlight }] of this.#traffic) result.observe(inFlight, { plugin });
    });
    gauge('plugin_process_resident_bytes', 'Resident memory of the process of a plugin.').addCallback((result) => {
      for (const { pluginId: plugin, rssBytes } of processes()) result.observe(rssBytes, { plugin });
    });
    meter
      .createObservableCounter(`${OWN_PREFIX}plugin_process_restarts`, {
        description: 'Processes of a plugin that were started after a crash.',
      })
      .addCallback((result) => {
        for (const { pluginId: plugin, restarts } of processes()) result.observe(restarts, { plugin });
      });
  }
}
