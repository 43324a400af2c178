import type { LoggerService } from '@backstage/backend-plugin-api';
import type { StagedoorError } from '@stagedoor/bundle';
import { faultText } from '../../errors/faultText';
import type { HealthSettings } from '../../settings/health';
import { pluginUnhealthy } from '../errors';
import type { HealthReport } from './report';

/** The latest round of checks of a plugin, and what the rounds so far mean. */
export interface PluginHealth extends HealthReport {
  /** `degraded` when a check says so, or after three rounds in a row with an `error`. */
  condition: 'healthy' | 'degraded';
  /** When the condition was entered, ISO 8601. */
  since: string;
  /** When the round ended, ISO 8601. */
  checkedAt: string;
}

/** A generation as the monitor sees it, see `StartedGeneration`. */
export interface MonitoredGeneration {
  readonly pluginId: string;
  readonly composition: { plugin?: { owner: string } };
  checkHealth(timeoutMs: number): Promise<HealthReport>;
  restart?(why: StagedoorError): void;
}

/** A unit as the monitor sees it. */
export interface MonitoredUnit {
  readonly pluginId: string;
  readonly current?: MonitoredGeneration;
}

/** Dependencies of {@link HealthMonitor}. */
export interface HealthMonitorOptions {
  settings: HealthSettings;
  units: () => readonly MonitoredUnit[];
  logger: LoggerService;
  /** Called when a plugin's condition changes, with the error that made it degraded. */
  onChange(generation: MonitoredGeneration, health: PluginHealth, fault: StagedoorError | undefined): void;
}

/** Consecutive rounds with an error after which the plugin is degraded. */
const MAX_FAILURES = 3;
/** Interval in milliseconds between looks for units that are due or have a new generation. */
const LOOK_EVERY_MS = 500;

interface Watched {
  generation: MonitoredGeneration;
  /** Start of the latest round, in milliseconds. */
  begun: number;
  failures: number;
  round?: Promise<void>;
  health?: PluginHealth;
}

/** Runs the health checks of every plugin and keeps the results: reading them costs the plugin nothing. */
export class HealthMonitor {
  readonly #options: HealthMonitorOptions;
  readonly #watched = new Map<string, Watched>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HealthMonitorOptions) {
    this.#options = options;
  }

  /** Starts the checks. */
  start(): void {
    this.#timer = setInterval(() => this.#look(), Math.min(LOOK_EVERY_MS, this.#options.settings.intervalMs)).unref();
    this.#look();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** The latest health of a plugin; undefined if it has not been checked yet, or does not run. */
  latest(pluginId: string): PluginHealth | undefined {
    const unit = this.#options.units().find((candidate) => candidate.pluginId === pluginId);
    const watched = this.#watched.get(pluginId);
    return watched && watched.generation === unit?.current ? watched.health : undefined;
  }

  /** The same, after a first round if there was none; undefined for a plugin that does not run. */
  async of(pluginId: string): Promise<PluginHealth | undefined> {
    const latest = this.latest(pluginId);
    if (latest) return latest;
    const unit = this.#options.units().find((candidate) => candidate.pluginId === pluginId);
    if (!unit?.current) return undefined;
    await this.#round(this.#watch(pluginId, unit.current));
    return this.#watched.get(pluginId)?.health;
  }

  #look(): void {
    const now = performance.now();
    const units = this.#options.units();
    for (const pluginId of this.#watched.keys()) {
      if (!units.some((unit) => unit.pluginId === pluginId && unit.current)) this.#watched.delete(pluginId);
    }
    for (const { pluginId, current } of units) {
      if (!current) continue;
      const watched = this.#watch(pluginId, current);
      if (now - watched.begun >= this.#options.settings.intervalMs) void this.#round(watched);
    }
  }

  /** A new generation begins with a clean slate. */
  #watch(pluginId: string, generation: MonitoredGeneration): Watched {
    let watched = this.#watched.get(pluginId);
    if (watched?.generation !== generation) {
      watched = { generation, begun: -Infinity, failures: 0 };
      this.#watched.set(pluginId, watched);
    }
    return watched;
  }

  /** One round at a time: callers meanwhile wait for the one in progress. */
  #round(watched: Watched): Promise<void> {
    watched.round ??= (async () => {
      watched.begun = performance.now();
      const report = await watched.generation.checkHealth(this.#options.settings.timeoutMs);
      if (this.#watched.get(watched.generation.pluginId) === watched) this.#take(watched, report);
    })().finally(() => (watched.round = undefined));
    return watched.round;
  }

  #take(watched: Watched, report: HealthReport): void {
    const { generation, health: before } = watched;
    watched.failures = report.status === 'error' ? watched.failures + 1 : 0;
    const failing = watched.failures >= MAX_FAILURES;
    const checkedAt = new Date().toISOString();
    const earlier = before?.condition ?? 'healthy';
    // One bad round alone changes nothing.
    const condition =
      failing || report.status === 'degraded' ? 'degraded' : report.status === 'ok' ? 'healthy' : earlier;
    const changed = condition !== earlier;
    watched.health = { ...report, condition, since: changed || !before ? checkedAt : before.since, checkedAt };
    const fault = condition === 'degraded' ? unhealthy(generation.pluginId, report) : undefined;
    if (changed) {
      this.#log(generation.pluginId, fault);
      this.#options.onChange(generation, watched.health, fault);
    }
    if (failing && generation.restart) {
      watched.failures = 0;
      generation.restart(fault!);
    }
  }

  #log(pluginId: string, fault: StagedoorError | undefined): void {
    if (fault) this.#options.logger.warn(faultText(fault));
    else this.#options.logger.info(`Plugin '${pluginId}' is healthy again.`);
  }
}

function unhealthy(pluginId: string, { checks }: HealthReport): StagedoorError {
  const bad = checks.filter(({ status }) => status !== 'ok');
  const text = bad.map(({ name, status, message }) => `${name}: ${message ?? status}`).join('; ');
  return pluginUnhealthy(pluginId, text);
}
