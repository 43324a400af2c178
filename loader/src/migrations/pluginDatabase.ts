import {
  coreServices,
  type DatabaseService,
  type RootLifecycleService,
  type RootLoggerService,
} from '@backstage/backend-plugin-api';
import type { AnyServiceRef, Impls } from '../host/features';
import type { RootServices } from '../host/rootServices';

/**
 * The database service of a plugin before the plugin starts; it returns the client that the plugin will get. Undefined if the
 * service has more dependencies than Backstage's own, and can only be created inside the plugin.
 */
export async function pluginDatabase(
  pluginId: string,
  services: RootServices,
  rootLogger: RootLoggerService,
): Promise<DatabaseService | undefined> {
  if (!services.provides(coreServices.database.id)) return undefined;
  const factory = services.share(services.original(coreServices.database));
  const root = <T>(ref: { id: string }): Promise<T> => services.get(ref as AnyServiceRef) as Promise<T>;
  const own: Record<string, () => unknown> = {
    [coreServices.pluginMetadata.id]: () => ({ getId: () => pluginId }),
    [coreServices.logger.id]: () => rootLogger.child({ plugin: pluginId }),
    // The client outlives the generation that asks for it first.
    [coreServices.lifecycle.id]: () => root<RootLifecycleService>(coreServices.rootLifecycle),
  };
  const deps: Impls = {};
  for (const [name, ref] of Object.entries(factory.deps)) {
    if (ref.scope === 'root') deps[name] = await root(ref);
    else if (own[ref.id]) deps[name] = await own[ref.id]!();
    else return undefined;
  }
  const context = await factory.createRootContext?.({});
  return (await factory.factory(deps, context)) as DatabaseService;
}
