import type { Histogram, Meter } from '@opentelemetry/api';
import { OWN_PREFIX } from './exposition';
import type { MetricsSdk } from './metricsSdk';
import { BUCKETS, type Described } from './series';
import type { Traffic } from './traffic';

/** Values that are read when metrics are collected. */
export interface MetricSources {
  /** The state of every bundle. */
  states(): string[];
  /** Codes of the errors that keep the portal from following its drops. */
  faults(): string[];
  /** Plugins that run in processes of their own. */
  processes(): Array<{ pluginId: string; restarts: number; rssBytes: number }>;
}

/**
 * The portal's metrics about its plugins. Labels are few and bounded: plugin ids and bundle names that have existed, states,
 * known methods, status classes.
 */
export class PortalMetrics {
  readonly traffic: Traffic;
  readonly #loads: Histogram[];

  constructor({ meters, operatorMeters }: MetricsSdk, traffic: Traffic, sources: MetricSources) {
    const durations = (meter: Meter, { name, ...described }: Described): Histogram =>
      meter.createHistogram(name, { ...described, advice: { explicitBucketBoundaries: BUCKETS } });
    this.traffic = traffic;
    for (const meter of operatorMeters) traffic.tell(durations(meter, traffic.described));
    this.#loads = meters.map((meter) =>
      durations(meter, {
        name: `${OWN_PREFIX}bundle_load_duration_seconds`,
        description: 'Time from the check of a staged bundle to its end state.',
        unit: 's',
      }),
    );
    for (const meter of meters) this.#observe(meter, sources);
  }

  /** Notes that a bundle was loaded, or was not. */
  loaded(bundle: string, outcome: string, ms: number): void {
    for (const histogram of this.#loads) histogram.record(ms / 1000, { bundle, outcome });
  }

  #observe(meter: Meter, { states, faults, processes }: MetricSources): void {
    const gauge = (name: string, description: string): ReturnType<Meter['createObservableGauge']> =>
      meter.createObservableGauge(`${OWN_PREFIX}${name}`, { description });
    const [ofStates, ofFaults, ofProcesses] = [counter(), counter(), counter()];
    gauge('bundles', 'Bundles by state.').addCallback((result) => {
      for (const [state, count] of ofStates(states())) result.observe(count, { state });
    });
    gauge('faults', 'Errors that keep the portal from following its drops, by code.').addCallback((result) => {
      for (const [code, count] of ofFaults(faults())) result.observe(count, { code });
    });
    gauge('plugin_requests_in_flight', 'Requests that a plugin is answering.').addCallback((result) => {
      for (const [plugin, count] of this.traffic.inFlight()) result.observe(count, { plugin });
    });
    gauge('plugin_process_resident_bytes', 'Resident memory of the process of a plugin.').addCallback((result) => {
      const running = processes();
      for (const [plugin, count] of ofProcesses(running.map(({ pluginId }) => pluginId))) {
        const process = count > 0 ? running.find(({ pluginId }) => pluginId === plugin) : undefined;
        result.observe(process?.rssBytes ?? 0, { plugin });
      }
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

/** Counts texts, with 0 for earlier ones: a gauge without a new value keeps its last one. */
function counter(): (texts: readonly string[]) => Map<string, number> {
  const known = new Set<string>();
  return (texts) => {
    for (const text of texts) known.add(text);
    return new Map([...known].map((text) => [text, texts.filter((other) => other === text).length]));
  };
}
