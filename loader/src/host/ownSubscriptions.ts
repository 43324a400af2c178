import type { RootConfigService } from '@backstage/backend-plugin-api';

/** A config, and the end of everybody's subscriptions to it. */
export interface SubscribedConfig {
  config: RootConfigService;
  dispose(): void;
}

/**
 * The portal's config as one generation gets it. Backstage's own services (discovery is one) subscribe to changes for as long
 * as the process runs; a generation that has stopped must neither hear of them nor be held in memory by them.
 */
export function ownSubscriptions(shared: RootConfigService): SubscribedConfig {
  const subscriptions = new Set<{ unsubscribe(): void }>();
  const subscribe: RootConfigService['subscribe'] = (onChange) => {
    const subscription = shared.subscribe!(onChange);
    subscriptions.add(subscription);
    return {
      unsubscribe: () => {
        subscriptions.delete(subscription);
        subscription.unsubscribe();
      },
    };
  };
  const config = new Proxy(shared, {
    get: (target, property) => {
      const value: unknown = Reflect.get(target, property, target);
      if (property === 'subscribe' && value) return subscribe;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return {
    config,
    dispose: () => {
      for (const subscription of subscriptions) subscription.unsubscribe();
      subscriptions.clear();
    },
  };
}
