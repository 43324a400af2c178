import type { LoggerService, RootConfigService } from '@backstage/backend-plugin-api';
import type { DropDirectory } from './dropDirectory';
import type { PluginRegistry } from './registry';

/** Gives bundles that app-config did not suit another try whenever it changes, until the returned function is called. */
export function retryOnConfigChange(
  config: RootConfigService,
  { registry, drops, logger }: { registry: PluginRegistry; drops: DropDirectory; logger: LoggerService },
): () => void {
  const subscription = config.subscribe?.(() => {
    for (const { name, code } of registry.list()) {
      if (code !== 'CONFIG_INVALID') continue;
      drops.reconcile(name).catch((error: Error) => logger.error(`${name} could not be tried again`, error));
    }
  });
  return () => subscription?.unsubscribe();
}
