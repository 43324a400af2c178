import { durationToMilliseconds } from '@backstage/types';
import type { ServiceFeature, AnyServiceRef } from '../host/features';
import { pluginHealthServiceRef, type HealthCheck, type PluginHealthService } from '../pluginHealth';
import { deadline } from '../deadline';
import { messageOf } from '../errors/thrown';
import { checkReport, reportOf, type CheckReport, type HealthReport } from '../observability/health/report';

interface Entry {
  check: HealthCheck;
  /** The current run, late or not. */
  running?: Promise<unknown>;
}

/** The health checks of one generation of a plugin. */
export class HealthChecks implements PluginHealthService {
  readonly #entries = new Map<string, Entry>();

  addCheck(check: HealthCheck): void {
    const { name } = check;
    if (typeof name !== 'string' || !name) throw new Error('A health check requires a name');
    if (this.#entries.has(name)) throw new Error(`Health check '${name}' already exists`);
    this.#entries.set(name, { check });
  }

  /**
   * Runs every check once, concurrently, at most `timeoutMs` each. A check that is still running since an earlier call is not
   * run again. Never rejects.
   */
  async run(timeoutMs: number): Promise<HealthReport> {
    return reportOf(await Promise.all([...this.#entries.values()].map((entry) => runOne(entry, timeoutMs))));
  }

  /** The factory of the service with which the plugin adds checks. */
  factory(): ServiceFeature {
    return {
      $$type: '@backstage/BackendFeature',
      version: 'v1',
      featureType: 'service',
      service: pluginHealthServiceRef as unknown as AnyServiceRef,
      deps: {},
      factory: async () => this,
    };
  }
}

async function runOne(entry: Entry, longestMs: number): Promise<CheckReport> {
  const { name, timeout } = entry.check;
  const timeoutMs = Math.min(longestMs, timeout ? durationToMilliseconds(timeout) : longestMs);
  const began = performance.now();
  try {
    if (entry.running) throw new Error('The previous run has not ended yet.');
    const running = Promise.resolve()
      .then(() => entry.check.check())
      .finally(() => (entry.running = undefined));
    entry.running = running;
    const late = (): Error => new Error(`The check did not answer within ${timeoutMs / 1000} s.`);
    return checkReport(name, await deadline(running, timeoutMs, late), performance.now() - began);
  } catch (error) {
    return checkReport(name, { status: 'error', message: messageOf(error) }, performance.now() - began);
  }
}
