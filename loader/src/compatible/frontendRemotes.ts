import type { LoggerService } from '@backstage/backend-plugin-api';
import { isStagedoorError } from '@stagedoor/bundle';
import { fileURLToPath } from 'node:url';
import { readRemote, type FrontendRemoteResolver, type ServedRemote } from '../frontend/remote';
import type { DynamicPluginProvider } from './types';

/** Provides the resolver of one package, if it needs one. */
export interface FrontendRemoteResolverProvider {
  for(pluginName: string, pluginPackagePath: string): Partial<FrontendRemoteResolver> | undefined;
}

/** The service `core.dynamicplugins.frontendRemotes`. */
export interface DynamicPluginsFrontendRemotesService {
  /** Call it once, in the init of a plugin or module. */
  setResolverProvider(provider: FrontendRemoteResolverProvider): void;
}

/** Inputs of {@link frontendRemotes}. */
export interface FrontendRemotesOptions {
  plugins: DynamicPluginProvider;
  provider: FrontendRemoteResolverProvider | undefined;
  /** `backend.baseUrl`. */
  baseUrl: string;
  logger: LoggerService;
}

/** The remotes of all frontend plugins; invalid ones are left out and logged. */
export function frontendRemotes({ plugins, provider, baseUrl, logger }: FrontendRemotesOptions): ServedRemote[] {
  return plugins.frontendPlugins().flatMap((plugin) => {
    const { name, version } = plugin;
    const dir = fileURLToPath(plugins.getScannedPackage(plugin).location);
    try {
      return [readRemote({ packageName: name, dir, baseUrl }, provider?.for(name, dir))];
    } catch (error) {
      const code = isStagedoorError(error) ? `${error.code}: ` : '';
      logger.error(`${name}@${version}: ${code}${(error as Error).message}`);
      return [];
    }
  });
}
