import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import { HealthMonitor, type PluginHealth } from '../health/healthMonitor';
import { failedReport } from '../health/report';
import type { Settings } from '../settings/settings';
import { STATIC_OWNER } from '../start/part';
import type { GenerationHost } from '../start/generation';
import type { EventLog } from './eventLog';
import { Measurements } from './measurements';
import { unknownPlugin } from './operator';
import type { PluginRegistry } from './registry';
import type { PluginStatus } from './states';
import type { Units } from './units';

/** What {@link Observations} works with. */
export interface ObservationsOptions {
  /** Undefined: static units only. */
  settings: Settings | undefined;
  units: Units;
  config: Config;
  registry: PluginRegistry;
  events: EventLog;
  logger: LoggerService;
}

/** For a host without `dynamicPlugins` settings, whose static plugins may have health checks all the same. */
const STATIC_ONLY = { intervalMs: 30_000, timeoutMs: 5000 };

/** How the plugins are, and what is measured of them. */
export class Observations {
  readonly #options: ObservationsOptions;
  readonly #monitor: HealthMonitor;
  #measurements: Measurements | undefined;

  constructor(options: ObservationsOptions) {
    const { settings, units, registry, events, logger } = options;
    this.#options = options;
    this.#monitor = new HealthMonitor({
      settings: settings?.health ?? STATIC_ONLY,
      units: () => units.all(),
      logger,
      onChange: ({ composition }, _health, fault) => {
        const owner = composition.plugin?.owner;
        const status = owner === undefined || owner === STATIC_OWNER ? undefined : registry.get(owner);
        if (!status) return;
        const { name, state, version, digest } = status;
        events.append({ type: 'health', plugin: name, state, version, digest, ...fault?.toJSON() });
      },
    });
  }

  /** Begins to observe, the requests to units of this host among others; resolves to the way to end it. */
  async start(host: GenerationHost): Promise<() => Promise<void>> {
    const { settings } = this.#options;
    if (settings) {
      const measurements = await Measurements.open({ ...this.#options, settings: settings.metrics });
      host.traffic = (pluginId) => measurements.portal.traffic(pluginId);
      this.#measurements = measurements;
    }
    this.#monitor.start();
    return async () => {
      this.#monitor.stop();
      await this.#measurements?.close();
    };
  }

  /** What a bundle's status says of how its plugins are, as last heard. */
  of({ pluginIds }: PluginStatus): Pick<PluginStatus, 'health'> {
    const known = pluginIds.flatMap((pluginId) => {
      const health = this.#monitor.latest(pluginId);
      return health ? [[pluginId, health] as const] : [];
    });
    return known.length > 0 ? { health: Object.fromEntries(known) } : {};
  }

  /** How a plugin is, static or not. Throws PLUGIN_UNKNOWN. */
  async health(pluginId: string): Promise<PluginHealth> {
    const health = await this.#monitor.of(pluginId);
    if (health) return health;
    this.#checkKnown(pluginId);
    const now = new Date().toISOString();
    const report = failedReport('plugin', 'The plugin does not run.');
    return { ...report, condition: 'degraded', since: now, checkedAt: now };
  }

  /**
   * What was measured of a plugin, static or not, in Prometheus' text format; nothing in a portal without dynamic
   * plugins. Throws PLUGIN_UNKNOWN.
   */
  async metrics(pluginId: string): Promise<string> {
    this.#checkKnown(pluginId);
    return (await this.#measurements?.ofPlugin(pluginId)) ?? '';
  }

  #checkKnown(pluginId: string): void {
    const { units, registry } = this.#options;
    const known = units.get(pluginId) ?? registry.list().find(({ pluginIds }) => pluginIds.includes(pluginId));
    if (!known) throw unknownPlugin(pluginId);
  }
}
