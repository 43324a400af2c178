import type { HumanDuration } from '@backstage/types';

export interface Config {
  /**
   * Dynamic plugins: bundles that are loaded from a folder while the portal runs. No key here is a secret; trusted keys
   * are public keys. Keys are read when the portal starts. An invalid value ends the start with SETTING_INVALID.
   */
  dynamicPlugins?: {
    /** The folder with the bundles. Default: none, nothing is loaded dynamically. */
    rootDirectory?: string;
    /** Folder for staged copies: writable, on a local disk, one for each portal. Default: `.stagedoor` beside the root directory. */
    stateDirectory?: string;
    /** How long the init of a dynamic plugin or module may take. Default: 30 seconds. */
    startTimeout?: HumanDuration | string | number;
    /** How long requests may continue after an update, a removal or SIGTERM. Default: 10 seconds. */
    drainTimeout?: HumanDuration | string | number;
    /**
     * Who may install, upload, enable, disable, reload, roll back and configure plugins through the portal: entity refs of users
     * and groups, e.g. `group:default/platform`. Everybody else needs a permission policy that allows it. Default: none.
     */
    operators?: string[];
    /** Uploads of bundles to the portal. */
    upload?: {
      /** Whether operators may upload bundles. Default: true. */
      enabled?: boolean;
    };
    /** Paths that dynamic plugins may open to callers without a session. */
    auth?: {
      /**
       * Which declarations (`addAuthPolicy`) of a plugin take effect. `declared`: all. `listed`: only those for paths
       * in `open`; others stay closed and are reported. Default: `declared`.
       */
      unauthenticated?: 'declared' | 'listed';
      /** With `unauthenticated: listed`: paths below `/api/<pluginId>` that may be opened, including everything below them. Default: none. */
      open?: { [pluginId: string]: string[] };
      /** Paths outside `/api/<pluginId>` that a dynamic plugin may mount, by plugin id. Default: none. */
      rootRoutes?: { [pluginId: string]: string[] };
    };
    /** Ids of services of the portal (e.g. `core.httpAuth`) that a bundle may replace, for its own plugin only. Default: none. */
    services?: string[];
    /** Requirements for the signatures of `stagedoor sign`. */
    signatures?: {
      /**
       * `off`: signatures are ignored. `warn`: a bundle without a trusted signature runs, with a warning. `require`: it does not
       * run. Default: `off`.
       */
      mode?: 'off' | 'warn' | 'require';
      /** Trusted public keys: PEM text, or files that contain it. Default: none. */
      trustedKeys?: string[];
      /** Packages that need no signature: `<name>@sha256:<digest>`; outside of production, a name alone. Default: none. */
      allowUnsigned?: string[];
    };
    /**
     * Which packages may be loaded. In a name, `*` matches any characters, and the suffix `-dynamic` may be omitted;
     * `version` is a semver range, default: any.
     */
    packages?: {
      /** Only these may be loaded. Default: all that are not denied. */
      allow?: Array<{ name: string; version?: string }>;
      /** These may not be loaded, even if `allow` names them. Default: none. */
      deny?: Array<{ name: string; version?: string }>;
    };
    /**
     * Builds that are older than a build of the same package that has served, according to the state directory. A rollback by
     * an operator is always allowed, and makes the build that it returns to the newest one.
     */
    downgrades?: {
      /** The mode for packages that neither list names. Default: `allow`. */
      mode?: 'allow' | 'refuse';
      /** Names of packages whose older builds may run; `*` matches any characters. Default: none. */
      allow?: string[];
      /** Names of packages whose older builds are refused, even if `allow` names them. Default: none. */
      refuse?: string[];
    };
    /**
     * Where the drop of a plugin cannot run at the start of the portal, the build that ran last starts instead, from its staged
     * copy. Default: true.
     */
    lastGood?: boolean;
    /**
     * Bundles whose `backstage.supported-versions` leaves out the Backstage release of the portal, and frontend plugins that were made with
     * later `@backstage/core-plugin-api`, `frontend-plugin-api` or React than its app has. `warn`: they run, with a warning.
     * `refuse`: they do not run. `ignore`: they run. A text is the mode for all packages. Default: `warn`.
     */
    versions?:
      | 'warn'
      | 'refuse'
      | 'ignore'
      | {
          /** The mode for packages that no list names. Default: `warn`. */
          mode?: 'warn' | 'refuse' | 'ignore';
          /** Names of packages that run with a warning; `*` matches any characters. Default: none. */
          warn?: string[];
          /** Names of packages that are refused, even if another list names them. Default: none. */
          refuse?: string[];
          /** Names of packages that run without a warning. Default: none. */
          ignore?: string[];
        };
    /** The databases of plugins. */
    database?: {
      /**
       * Builds of a plugin whose database a newer build has migrated, for example after a rollback. `allow`: they start, and the
       * migrations that they lack count as applied. `refuse`: they do not start. Default: `allow`.
       */
      olderBuilds?: 'allow' | 'refuse';
    };
    /** Where plugins run: in the process of the portal, or each in its own child process. Default: `in-process`. */
    isolation?: 'in-process' | 'process';
    /** Settings of plugin processes. */
    process?: {
      /** Memory limit of one process, in megabytes, at least 64. Default: 512. */
      memoryLimitMb?: number;
      /** Names of environment variables that a process gets from the portal, in addition to those that Node.js needs. Default: none. */
      environment?: string[];
      /**
       * Whether processes are confined: Node's permission model denies files and programs, and Stagedoor denies the signals,
       * sockets and SQLite files of others. Default: false.
       */
      permissionModel?: boolean;
      /**
       * Users that processes run as: one for each plugin, with a group of the same id. The portal must run as root on
       * Linux and be able to switch users; otherwise no plugin runs in a process. Default: none, processes run as the user of the portal.
       */
      users?: {
        /** The first user id, at least 1000. Nothing else may use the ids of the range. Default: none, it is required. */
        from: number;
        /** The number of user ids. Default: 1000. */
        count?: number;
      };
      /**
       * Targets on this machine that a confined process may connect to, besides the portal and its own database and cache: `host:port`,
       * `[address]:port`, or the absolute path of a Unix socket. Default: nothing.
       */
      connect?: string[];
    };
    /** Settings for single plugins, by plugin id. Omitted keys are as for all plugins. Default: none. */
    plugins?: {
      [pluginId: string]: {
        /** As `isolation` above. */
        isolation?: 'in-process' | 'process';
        /**
         * Package names of the bundles that `isolation: in-process` applies to. Others that provide or extend the plugin run in a
         * process, or not at all. Default: every bundle that provides or extends the plugin.
         */
        packages?: string[];
        /** As `process.memoryLimitMb`. */
        memoryLimitMb?: number;
        /** As `process.permissionModel`. */
        permissionModel?: boolean;
        /** As `process.connect`, in its place for this plugin. */
        connect?: string[];
      };
    };
    /** Plugin ids or package names without which the portal is not ready. Default: none. */
    required?: string[];
    /** Health checks of plugins. */
    health?: {
      /** Time between two rounds of checks. Default: 30 seconds. */
      interval?: HumanDuration | string | number;
      /** How long the checks of one plugin may take. Default: 5 seconds. */
      timeout?: HumanDuration | string | number;
    };
    /** Metrics on a separate port, in addition to those in the admin API. */
    metrics?: {
      /** The port. Default: none, no port is opened. */
      port?: number;
      /** The address of the port. Default: `127.0.0.1`. */
      host?: string;
    };
    /**
     * Settings of dynamic frontend plugins, by package name, read by the portal's app. Default: none.
     * @deepVisibility frontend
     */
    frontend?: { [packageName: string]: unknown };
  };
}
