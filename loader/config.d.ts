import type { HumanDuration } from '@backstage/types';

export interface Config {
  /**
   * Dynamic plugins: bundles that are loaded from a folder while the portal runs. No key here is a secret: trusted keys
   * are public ones. All are read when the portal starts; a wrong value ends the start with SETTING_INVALID.
   */
  dynamicPlugins?: {
    /** The folder that bundles are dropped into. Default: none, nothing is loaded dynamically. */
    rootDirectory?: string;
    /** Where staged copies live; writable, on a local disk, one for each portal. Default: `.stagedoor` beside the root directory. */
    stateDirectory?: string;
    /** How long the init of a plugin or module may take. Default: 30 seconds. */
    startTimeout?: HumanDuration | string | number;
    /** How long requests in flight may go on after a plugin was upgraded, removed or shut down. Default: 10 seconds. */
    drainTimeout?: HumanDuration | string | number;
    /**
     * Who may install, upload, enable, disable, reload, roll back and configure plugins through the portal: entity refs of users
     * and groups, e.g. `group:default/platform`. Everybody else may only where a permission policy allows it. Default: none.
     */
    operators?: string[];
    /** Uploads of bundles to the portal. */
    upload?: {
      /** Whether operators may upload bundles. Default: true. */
      enabled?: boolean;
    };
    /** What dynamic plugins may open to callers without a session. */
    auth?: {
      /**
       * Which declarations (`addAuthPolicy`) of a plugin count. `declared`: all of them. `listed`: only those for paths
       * under `open`; any other stays closed and is reported. Default: `declared`.
       */
      unauthenticated?: 'declared' | 'listed';
      /** With `unauthenticated: listed`: paths below `/api/<pluginId>` that may be opened, with all below them. Default: none. */
      open?: { [pluginId: string]: string[] };
      /** Paths outside `/api/<pluginId>` that a dynamic plugin may mount, by plugin id. Default: none. */
      rootRoutes?: { [pluginId: string]: string[] };
    };
    /** Ids of services of the portal (e.g. `core.httpAuth`) that a bundle may replace, for its own plugin only. Default: none. */
    services?: string[];
    /** What is asked of the signatures that `stagedoor sign` makes. */
    signatures?: {
      /**
       * `off`: they are not looked at. `warn`: a bundle without a good one runs, with a warning. `require`: it does not
       * run. Default: `off`.
       */
      mode?: 'off' | 'warn' | 'require';
      /** Public keys that count: PEM text, or files that hold it. Default: none. */
      trustedKeys?: string[];
      /** Packages that need no signature: `<name>@sha256:<digest>`; outside of production, a name alone. Default: none. */
      allowUnsigned?: string[];
    };
    /**
     * Which packages may be loaded. In a name, `*` stands for any characters, and the suffix `-dynamic` may be left out;
     * `version` is a semver range, default: any.
     */
    packages?: {
      /** Only these. Default: all that are not denied. */
      allow?: Array<{ name: string; version?: string }>;
      /** None of these, even when they are allowed. Default: none. */
      deny?: Array<{ name: string; version?: string }>;
    };
    /**
     * Builds that are older than one of their package that has served, as far as the state directory remembers. A rollback by
     * an operator is always allowed, and makes the build that it goes back to the newest one.
     */
    downgrades?: {
      /** What is done about packages that neither list names. Default: `allow`. */
      mode?: 'allow' | 'refuse';
      /** Names of packages whose older builds may run; `*` stands for any characters. Default: none. */
      allow?: string[];
      /** Names of packages whose older builds are refused, even where `allow` names them. Default: none. */
      refuse?: string[];
    };
    /** The databases of plugins. */
    database?: {
      /**
       * Whether a build may run on a database that a newer build of its package has migrated, after a rollback for instance.
       * `allow`: it starts, and the migrations that it lacks count as applied. `refuse`: it does not start. Default: `allow`.
       */
      olderBuilds?: 'allow' | 'refuse';
    };
    /** Where plugins run: in the portal itself, or each in a child process of its own. Default: `in-process`. */
    isolation?: 'in-process' | 'process';
    /** How child processes of plugins run. */
    process?: {
      /** Memory limit of one process, in megabytes, at least 64. Default: 512. */
      memoryLimitMb?: number;
      /** Names of variables that a process gets of the portal's environment, beyond those that Node needs. Default: none. */
      environment?: string[];
      /**
       * Whether processes are confined: Node's permission model keeps files and programs from them, and Stagedoor the signals,
       * sockets and SQLite files of others. Default: false.
       */
      permissionModel?: boolean;
      /**
       * Users that processes run as, each plugin one of its own, with a group of the same id. Needs a portal that runs as root on
       * Linux and may switch users; with another, no plugin runs in a process. Default: none, as the user of the portal.
       */
      users?: {
        /** The first user id, at least 1000; nobody else may be one of these users. Default: none, it has to be given. */
        from: number;
        /** How many there are. Default: 1000. */
        count?: number;
      };
      /**
       * What on this machine a confined process may connect to, beyond the portal and its own database and cache: `host:port`,
       * `[address]:port`, or the absolute path of a Unix socket. Default: nothing.
       */
      connect?: string[];
    };
    /** What holds for one plugin, by plugin id; what is not given is as for all. Default: none. */
    plugins?: {
      [pluginId: string]: {
        /** As `isolation` above. */
        isolation?: 'in-process' | 'process';
        /**
         * Package names of the bundles that `isolation: in-process` is for; others that bring or extend the plugin run in a
         * process, or not at all. Default: every bundle that does.
         */
        packages?: string[];
        /** As `process.memoryLimitMb`. */
        memoryLimitMb?: number;
        /** As `process.permissionModel`. */
        permissionModel?: boolean;
        /** As `process.connect`, in its place. */
        connect?: string[];
      };
    };
    /** Plugin ids or package names without which the portal does not report itself ready. Default: none. */
    required?: string[];
    /** When plugins are asked how they are. */
    health?: {
      /** Time between two rounds of checks. Default: 30 seconds. */
      interval?: HumanDuration | string | number;
      /** How long the checks of one plugin may take. Default: 5 seconds. */
      timeout?: HumanDuration | string | number;
    };
    /** Metrics on a port of their own, beside those in the admin API. */
    metrics?: {
      /** Default: none, no such port is opened. */
      port?: number;
      /** The address that the port is opened on. Default: `127.0.0.1`. */
      host?: string;
    };
    /**
     * Settings of dynamic frontend plugins, by package name, read by the portal's app. Default: none.
     * @deepVisibility frontend
     */
    frontend?: { [packageName: string]: unknown };
  };
}
