import { coreServices, createServiceFactory, type ServiceFactory } from '@backstage/backend-plugin-api';
import { ConfigSources } from '@backstage/config-loader';
import { ConfigFiles } from './configFiles';

/** Sources of a portal's config. */
export interface RootConfigOptions {
  /** Command line arguments; their `--config <file>` name the files, in merge order. Default: those of the process. */
  argv?: string[];
}

/**
 * Like Backstage's `rootConfigServiceFactory`, from files and the environment. Changes of the files take effect reliably
 * within some two seconds; an unreadable change is reported and leaves the previous config in use.
 */
export function rootConfigServiceFactory(options: RootConfigOptions = {}): ServiceFactory {
  return createServiceFactory({
    service: coreServices.rootConfig,
    deps: {},
    async factory() {
      // There is no logger before there is a config.
      const source = new ConfigFiles(options.argv, (reason) =>
        process.stderr.write(`The changed config cannot be read and is not used: ${reason}\n`),
      );
      process.stdout.write(`Loading config from ${String(source)}\n`);
      return await ConfigSources.toConfig(source);
    },
  });
}
