import type { Section } from './section';

/** Where metrics are served besides the admin API. */
export interface MetricsSettings {
  /** Undefined: not on a separate port. */
  port?: number;
  host: string;
}

/** Reads `dynamicPlugins.metrics`. */
export function readMetrics(parent: Section): MetricsSettings {
  const section = parent.section('metrics', ['port', 'host']);
  return {
    port: section.number('port', { min: 1, max: 65_535, accepted: 'a port from 1 to 65535' }),
    host: section.string('host') ?? '127.0.0.1',
  };
}
