import type { Section } from './section';

/** Settings of health checks. */
export interface HealthSettings {
  intervalMs: number;
  /** Time limit for one round of checks of one plugin. */
  timeoutMs: number;
}

/** Reads `dynamicPlugins.health`. */
export function readHealth(parent: Section): HealthSettings {
  const section = parent.section('health', ['interval', 'timeout']);
  return { intervalMs: section.duration('interval') ?? 30_000, timeoutMs: section.duration('timeout') ?? 5000 };
}
