import type { Config } from '@backstage/config';
import { isStagedoorError } from '@stagedoor/bundle';
import { faultText } from '../errors/faultText';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Server } from 'node:http';
import { joinExpositions } from './metrics/exposition';
import { serveMetrics } from './metrics/metricsServer';
import { OWN_SCOPE, openMetrics, type MetricsSdk, type Pick } from './metrics/metricsSdk';
import { PortalMetrics } from './metrics/portalMetrics';
import { Traffic } from './metrics/traffic';
import type { MetricsSettings } from '../settings/metrics';
import type { ObservedEvents, ObservedStatuses, ObservedUnit, ObservedUnits } from './observed';

/** Dependencies of {@link Measurements}. */
export interface MeasurementsOptions {
  settings: MetricsSettings;
  config: Config;
  units: ObservedUnits;
  registry: ObservedStatuses;
  events: ObservedEvents;
  /** The derived states of all plugins. */
  summaries(): string[];
  /** Codes of the errors that keep the portal from following its drops. */
  faults(): string[];
  logger: LoggerService;
}

/** States that end a load. */
const OUTCOMES: ReadonlySet<string> = new Set(['running', 'waiting', 'failed', 'rejected']);
/** How long a plugin's process may take to report its metrics, in milliseconds. */
const ANSWER_MS = 1000;

/** Metrics of plugins as Prometheus text: those of one plugin in the admin API, all of them on a separate port. */
export class Measurements {
  readonly portal: PortalMetrics;
  readonly #options: MeasurementsOptions;
  readonly #sdk: MetricsSdk;
  readonly #loading = new Map<string, number>();
  readonly #unsubscribe: () => void;
  #server: Server | undefined;

  private constructor(options: MeasurementsOptions, sdk: MetricsSdk, traffic: Traffic) {
    this.#options = options;
    this.#sdk = sdk;
    const { registry, units, events, faults, summaries } = options;
    this.portal = new PortalMetrics(sdk, traffic, {
      states: () => registry.list().map(({ state }) => state),
      summaries,
      faults,
      processes: () =>
        units.all().flatMap(({ pluginId, current }) => (current?.process ? [{ pluginId, ...current.process }] : [])),
    });
    this.#unsubscribe = events.subscribe(({ plugin, state }) => {
      if (state === 'staging') this.#loading.set(plugin, performance.now());
      const began = this.#loading.get(plugin);
      if (began === undefined || !state || !OUTCOMES.has(state)) return;
      this.#loading.delete(plugin);
      this.portal.loaded(plugin, state, performance.now() - began);
    });
  }

  /** Begins to measure; a port that cannot be opened is logged, and everything else continues. */
  static async open(options: MeasurementsOptions): Promise<Measurements> {
    const traffic = new Traffic();
    const measurements = new Measurements(options, openMetrics([traffic]), traffic);
    const { port, host } = options.settings;
    if (port === undefined) return measurements;
    try {
      measurements.#server = await serveMetrics({ port, host }, () => measurements.#all());
    } catch (error) {
      if (!isStagedoorError(error)) throw error;
      options.logger.error(faultText(error));
    }
    return measurements;
  }

  /** The metrics about one plugin, and those that it records through Backstage's metrics service. */
  async ofPlugin(pluginId: string): Promise<string> {
    const { units, registry } = this.#options;
    const bundles = registry.list().filter(({ pluginIds }) => pluginIds.includes(pluginId));
    const names = new Set<unknown>(bundles.map(({ name }) => name));
    const scope = this.#scopeOf(pluginId);
    const pick: Pick = (from, { plugin, bundle }) =>
      from === OWN_SCOPE ? plugin === pluginId || names.has(bundle) : from === scope;
    const unit = units.get(pluginId);
    return joinExpositions(await Promise.all([this.#sdk.text(pick), ...(unit ? [ownText(unit)] : [])]));
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    this.#server?.close();
    this.#server?.closeAllConnections();
    await this.#sdk.dispose();
  }

  async #all(): Promise<string> {
    return joinExpositions(
      await Promise.all([this.#sdk.text(() => true), ...this.#options.units.all().map((unit) => ownText(unit))]),
    );
  }

  /** The meter that Backstage's metrics service gives a plugin (backend-defaults `metricsServiceFactory`). */
  #scopeOf(pluginId: string): string {
    const key = `backend.metrics.plugin.${pluginId}.meter.name`;
    return this.#options.config.getOptionalString(key) ?? `backstage-plugin-${pluginId}`;
  }
}

/** The metrics of a plugin's own process. */
async function ownText({ current }: ObservedUnit): Promise<string> {
  return (await current?.metrics?.(ANSWER_MS)) ?? '';
}
