import { createServiceFactory, createServiceRef } from '@backstage/backend-plugin-api';
import type { HumanDuration, JsonObject } from '@backstage/types';

/** The result of a check. `details` are shown with it: at most 4 KiB of JSON, without secrets. */
export interface HealthCheckResult {
  status: 'ok' | 'degraded' | 'error';
  /** Why it is not `ok`; at most 1000 characters are shown. */
  message?: string;
  details?: JsonObject;
}

/** One thing that a plugin needs in order to work. */
export interface HealthCheck {
  /** Unique in the plugin, 1 to 100 characters, for example `database`. */
  name: string;
  /** Resolves to the result, or to nothing for `ok`. The message of a thrown error is shown as an `error`. */
  check(): Promise<void | HealthCheckResult>;
  /** A check that takes longer is an `error`. Default, and upper bound: `dynamicPlugins.health.timeout`. */
  timeout?: HumanDuration;
}

/** Reports the health of a plugin to the portal. */
export interface PluginHealthService {
  /** Adds a check that runs every `dynamicPlugins.health.interval`, never twice at a time. Throws if the name is taken. */
  addCheck(check: HealthCheck): void;
}

/**
 * The service for health checks of a plugin and its modules. In a backend without Stagedoor the checks are accepted and
 * never run.
 */
export const pluginHealthServiceRef = createServiceRef<PluginHealthService>({
  id: 'stagedoor.pluginHealth',
  scope: 'plugin',
  defaultFactory: async (service) =>
    createServiceFactory({ service, deps: {}, factory: () => ({ addCheck: () => undefined }) }),
});
