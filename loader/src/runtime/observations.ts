import type { LoggerService } from '@backstage/backend-plugin-api';
import { HealthMonitor, type PluginHealth } from '../health/healthMonitor';
import { failedReport } from '../health/report';
import type { Settings } from '../settings/settings';
import { STATIC_OWNER } from '../start/part';
import type { EventLog } from './eventLog';
import { unknownPlugin } from './operator';
import type { PluginRegistry } from './registry';
import type { PluginStatus } from './states';
import type { Units } from './units';

/** What {@link Observations} works with. */
export interface ObservationsOptions {
  /** Undefined: static units only. */
  settings: Settings | undefined;
  units: Units;
  registry: PluginRegistry;
  events: EventLog;
  logger: LoggerService;
}

/** For a host without `dynamicPlugins` settings, whose static plugins may have health checks all the same. */
const STATIC_ONLY = { intervalMs: 30_000, timeoutMs: 5000 };

/** How the plugins are. */
export class Observations {
  readonly #options: ObservationsOptions;
  readonly #monitor: HealthMonitor;

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

  /** Begins to observe; returns the way to end it. */
  start(): () => void {
    this.#monitor.start();
    return () => this.#monitor.stop();
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
    if (!this.#options.registry.list().some(({ pluginIds }) => pluginIds.includes(pluginId))) {
      throw unknownPlugin(pluginId);
    }
    const now = new Date().toISOString();
    const report = failedReport('plugin', 'The plugin does not run.');
    return { ...report, condition: 'degraded', since: now, checkedAt: now };
  }
}
