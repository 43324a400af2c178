import { createServiceFactory, createServiceRef } from '@backstage/backend-plugin-api';
import type { HumanDuration, JsonObject } from '@backstage/types';

/** What a check found. `details` are shown with it: at most 4 KiB of JSON, and no secrets. */
export interface HealthCheckResult {
  status: 'ok' | 'degraded' | 'error';
  /** Why it is not `ok`; at most 1000 characters are shown. */
  message?: string;
  details?: JsonObject;
}

/** One thing that a plugin needs in order to work. */
export interface HealthCheck {
  /** Unique in the plugin, 1 to 100 characters, e.g. `database`. */
  name: string;
  /** Resolves to what it found, nothing meaning `ok`; what it throws is the message of an `error`. */
  check(): Promise<void | HealthCheckResult>;
  /** A check that takes longer is an `error`. Default, and upper bound: `dynamicPlugins.health.timeout`. */
  timeout?: HumanDuration;
}

/** Tells the portal how a plugin is. */
export interface PluginHealthService {
  /** Has a check run every `dynamicPlugins.health.interval`, never twice at a time. Throws when the name is taken. */
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
