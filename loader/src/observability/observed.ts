import type { MonitoredGeneration, MonitoredUnit } from './health/healthMonitor';

/** A unit, as far as it is observed. */
export interface ObservedUnit extends MonitoredUnit {
  readonly current?: MonitoredGeneration & {
    readonly process?: { rssBytes: number; restarts: number };
    metrics?(timeoutMs: number): Promise<string>;
  };
}

/** The units of the portal, see `Units`. */
export interface ObservedUnits {
  all(): readonly ObservedUnit[];
  get(pluginId: string): ObservedUnit | undefined;
}

/** The status of each bundle, see `StatusStore`. */
export interface ObservedStatuses {
  list(): ReadonlyArray<{ name: string; state: string; pluginIds: string[] }>;
}

/** What happens to bundles, see `EventLog`. */
export interface ObservedEvents {
  subscribe(listener: (event: { plugin: string; state?: string }) => void): () => void;
}
