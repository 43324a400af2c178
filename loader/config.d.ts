import type { HumanDuration } from '@backstage/types';

export interface Config {
  /** Dynamic plugins: bundles that are loaded from a folder while the portal runs. */
  dynamicPlugins?: {
    /** The folder that bundles are dropped into. Without it nothing is loaded dynamically. */
    rootDirectory?: string;
    /** Where staged copies live; writable, on a local disk, one for each portal. Default: `.stagedoor` beside the root directory. */
    stateDirectory?: string;
    /** How long the init of a plugin or module may take. Default: 30 seconds. */
    startTimeout?: HumanDuration | string | number;
    /** How long requests in flight may go on after a plugin was upgraded, removed or shut down. Default: 10 seconds. */
    drainTimeout?: HumanDuration | string | number;
    auth?: {
      /** Paths outside `/api/<pluginId>` that a dynamic plugin may mount, by plugin id. Default: none. */
      rootRoutes?: { [pluginId: string]: string[] };
    };
  };
}
