import type { RootConfigService } from '@backstage/backend-plugin-api';
import type { JsonObject } from '@backstage/types';
import { overlay } from '../host/overlay';

/**
 * The app-config for processes of plugins. The portal counts the requests of each plugin in the store that
 * `backend.rateLimit.store` names; a process would count them again under the same key. Without it, the process counts its
 * requests in memory, which are never more than the portal has counted.
 */
export function childConfig(config: RootConfigService): RootConfigService {
  const whole = (): JsonObject => {
    const { backend, ...rest } = config.get<JsonObject>();
    const { rateLimit, ...others } = (backend ?? {}) as JsonObject;
    if (typeof rateLimit !== 'object' || rateLimit === null || !('store' in rateLimit)) return { ...rest, backend };
    const { store: _, ...limits } = rateLimit as JsonObject;
    return { ...rest, backend: { ...others, rateLimit: limits } };
  };
  const get: RootConfigService['get'] = (key) => (key === undefined ? whole() : config.get(key)) as never;
  return overlay(config, { get });
}
