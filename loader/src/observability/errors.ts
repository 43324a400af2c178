import { StagedoorError } from '@stagedoor/bundle';

export function pluginUnhealthy(pluginId: string, checks: string): StagedoorError {
  return new StagedoorError('PLUGIN_UNHEALTHY', `The health checks of plugin '${pluginId}' fail: ${checks}`);
}

export function metricsPortUnavailable({ host, port }: { host: string; port: number }, cause: Error): StagedoorError {
  return new StagedoorError(
    'METRICS_PORT_UNAVAILABLE',
    `Metrics cannot be served on ${host}:${port}: ${cause.message}`,
    { cause },
  );
}
