import type { LoggerService } from '@backstage/backend-plugin-api';
import { isStagedoorError } from '@stagedoor/bundle';
import { Router, static as serveStatic } from 'express';
import { fileURLToPath } from 'node:url';
import { readRemote, type FrontendRemoteResolver, type Remote } from './remotes';
import type { DynamicPluginProvider } from './types';

/** Where apps ask for remotes; the same path as upstream's. */
export const REMOTES_PATH = '/.backstage/dynamic-features';

/** Gives the resolver of one package, where it needs one. */
export interface FrontendRemoteResolverProvider {
  for(pluginName: string, pluginPackagePath: string): Partial<FrontendRemoteResolver> | undefined;
}

/** The service `core.dynamicplugins.frontendRemotes`. */
export interface DynamicPluginsFrontendRemotesService {
  /** To be called once, in the init of a plugin or module. */
  setResolverProvider(provider: FrontendRemoteResolverProvider): void;
}

/** What {@link createRemotesRouter} serves. */
export interface RemotesOptions {
  plugins: DynamicPluginProvider;
  provider: FrontendRemoteResolverProvider | undefined;
  /** `backend.baseUrl`. */
  baseUrl: string;
  logger: LoggerService;
}

/** Serves the list of remotes and their assets; remotes that no app could load are left out and logged. */
export function createRemotesRouter({ plugins, provider, baseUrl, logger }: RemotesOptions): Router {
  const router = Router();
  const remotes: Remote[] = [];
  for (const plugin of plugins.frontendPlugins()) {
    const { name, version } = plugin;
    const path = `/remotes/${name}`;
    const dir = fileURLToPath(plugins.getScannedPackage(plugin).location);
    try {
      const resolver = provider?.for(name, dir);
      const { remote, assets, instead } = readRemote(name, dir, `${baseUrl}${REMOTES_PATH}${path}`, resolver);
      if (instead) router.use(`${path}/${instead.file}`, (_request, response) => void response.json(instead.content));
      router.use(path, serveStatic(assets));
      remotes.push(remote);
    } catch (error) {
      const code = isStagedoorError(error) ? `${error.code}: ` : '';
      logger.error(`${name}@${version}: ${code}${(error as Error).message}`);
    }
  }
  router.get('/remotes', (_request, response) => void response.json(remotes));
  router.get('/openapi.json', (_request, response) => void response.json(DESCRIPTION));
  return router;
}

/** What this serves, for tools that collect such descriptions. */
const DESCRIPTION = {
  openapi: '3.1.0',
  info: { title: '.backstage/dynamic-features', version: '1' },
  paths: {
    [`${REMOTES_PATH}/remotes`]: {
      get: {
        operationId: 'GetRemotes',
        responses: {
          '200': {
            description: 'The Module Federation remotes of this backend',
            content: {
              'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/Remote' } } },
            },
          },
        },
      },
    },
  },
  components: {
    schemas: {
      Remote: {
        type: 'object',
        required: ['packageName', 'remoteInfo', 'exposedModules'],
        properties: {
          packageName: { type: 'string' },
          exposedModules: { type: 'array', items: { type: 'string' } },
          remoteInfo: {
            type: 'object',
            required: ['name', 'entry'],
            properties: Object.fromEntries(
              ['name', 'entry', 'entryGlobalName', 'shareScope', 'type'].map((name) => [name, { type: 'string' }]),
            ),
          },
        },
      },
    },
  },
};
