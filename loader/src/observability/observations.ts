import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import type { StagedoorError } from '@stagedoor/bundle';
import { HealthMonitor, type PluginHealth } from './health/healthMonitor';
import { failedReport } from './health/report';
import { unknownPlugin } from '../errors/errors';
import type { RequestObserver } from '../serve/requests';
import type { Settings } from '../settings/settings';
import type { Span } from './timing/timed';
import type { Timings } from './timing/timings';
import { Measurements } from './measurements';
import type { ObservedEvents, ObservedStatuses, ObservedUnits } from './observed';

/** Dependencies of {@link Observations}. */
export interface ObservationsOptions {
  /** Undefined: static units only. */
  settings: Settings | undefined;
  units: ObservedUnits;
  config: Config;
  registry: ObservedStatuses;
  events: ObservedEvents;
  /** Codes of the errors that keep the portal from following its drops. */
  faults(): string[];
  logger: LoggerService;
  timings: Timings;
  /** The derived states of all plugins. */
  summaries(): string[];
  /** Called when the health of the plugin that `owner` provides changes, with the error that made it degraded. */
  onHealth(owner: string, fault: StagedoorError | undefined): void;
}

/** The part of a status that describes the units of a bundle. */
interface LoadedStatus {
  name: string;
  drop?: string;
  pluginIds: string[];
  modules: Array<{ pluginId: string }>;
}

/** For a host without `dynamicPlugins` settings, whose static plugins may have health checks all the same. */
const STATIC_ONLY = { intervalMs: 30_000, timeoutMs: 5000 };

/** Health and metrics of the plugins. */
export class Observations {
  readonly #options: ObservationsOptions;
  readonly #monitor: HealthMonitor;
  #measurements: Measurements | undefined;

  constructor(options: ObservationsOptions) {
    const { settings, units, events, logger } = options;
    this.#options = options;
    options.timings.logger = logger;
    events.subscribe(({ plugin, state }) => void (state === 'stopped' && options.timings.forget(plugin)));
    this.#monitor = new HealthMonitor({
      settings: settings?.health ?? STATIC_ONLY,
      units: () => units.all(),
      logger,
      onChange: ({ composition }, _health, fault) => {
        if (composition.plugin) options.onHealth(composition.plugin.owner, fault);
      },
    });
  }

  /** Begins to observe; resolves to the way to end it. */
  async start(): Promise<() => Promise<void>> {
    const { settings } = this.#options;
    if (settings) this.#measurements = await Measurements.open({ ...this.#options, settings: settings.metrics });
    this.#monitor.start();
    return async () => {
      this.#monitor.stop();
      await this.#measurements?.close();
    };
  }

  /** Records the requests to a plugin; undefined if nothing is measured. */
  traffic(pluginId: string): RequestObserver | undefined {
    return this.#measurements?.portal.traffic.of(pluginId);
  }

  /** The health in a bundle's status, from the latest checks. */
  of({ pluginIds }: { pluginIds: string[] }): { health?: Record<string, PluginHealth> } {
    const known = pluginIds.flatMap((pluginId) => {
      const health = this.#monitor.latest(pluginId);
      return health ? [[pluginId, health] as const] : [];
    });
    return known.length > 0 ? { health: Object.fromEntries(known) } : {};
  }

  /** The health of a static or dynamic plugin. Throws PLUGIN_UNKNOWN. */
  async health(pluginId: string): Promise<PluginHealth> {
    const health = await this.#monitor.of(pluginId);
    if (health) return health;
    this.#checkKnown(pluginId);
    const now = new Date().toISOString();
    const report = failedReport('plugin', 'The plugin is not running.');
    return { ...report, condition: 'degraded', since: now, checkedAt: now };
  }

  /**
   * The metrics about a static or dynamic plugin in Prometheus' text format; empty in a portal without dynamic plugins.
   * Throws PLUGIN_UNKNOWN.
   */
  async metrics(pluginId: string): Promise<string> {
    this.#checkKnown(pluginId);
    return (await this.#measurements?.ofPlugin(pluginId)) ?? '';
  }

  /** Timing of the start. */
  get boot(): Span {
    return this.#options.timings.boot;
  }

  /** The steps of the latest load of a bundle. */
  bootOf({ name, drop, pluginIds, modules }: LoadedStatus): { boot?: Span[] } {
    const units = [...pluginIds, ...modules.map(({ pluginId }) => pluginId)];
    const boot = this.#options.timings.ofBundle(name, [...(drop ? [drop] : []), ...units]);
    return boot ? { boot } : {};
  }

  #checkKnown(pluginId: string): void {
    const { units, registry } = this.#options;
    const known = units.get(pluginId) ?? registry.list().find(({ pluginIds }) => pluginIds.includes(pluginId));
    if (!known) throw unknownPlugin(pluginId);
  }
}
