import type { LoggerService, RootConfigService } from '@backstage/backend-plugin-api';
import type { StatusStore } from '../lifecycle/statusStore';
import type { Pipeline } from '../pipeline/pipeline';

/** Errors that a change of app-config may resolve. */
const OF_CONFIG: ReadonlySet<string | undefined> = new Set(['CONFIG_INVALID', 'CONFIG_SCHEMA_LIMIT']);

/** Retries bundles that failed because of app-config whenever it changes, until the returned function is called. */
export function retryOnConfigChange(
  config: RootConfigService,
  {
    registry,
    pipeline,
    logger,
  }: { registry: StatusStore; pipeline: Pick<Pipeline<unknown>, 'reconcile'>; logger: LoggerService },
): () => void {
  const subscription = config.subscribe?.(() => {
    for (const { name, code } of registry.list()) {
      if (!OF_CONFIG.has(code)) continue;
      pipeline.reconcile(name).catch((error: Error) => logger.error(`${name} could not be tried again`, error));
    }
  });
  return () => subscription?.unsubscribe();
}
