import type { CodedError } from '@stagedoor/bundle';
import type { JsonObject } from '@backstage/types';
import type { DatabaseSetup } from '../migrations/databaseUse';
import type { Settings } from '../settings/settings';
import type { StagedBundle } from '../stage/stagedBundle';
import type { DeclaredRoute, DeclaredWebSocket } from '../start/openedRoutes';

/** Set-up of a child before anything is loaded. */
export interface ChildSetup {
  /** All of app-config, as the portal resolved it. */
  config: JsonObject;
  settings: Settings;
  /** The id of the portal's instance, in releases of Backstage that have one. */
  instanceId?: string;
  /** The Unix socket to listen on. */
  socketPath: string;
  /** The folder of `@backstage/backend-plugin-api`; the child may not be permitted to look for it. */
  backendPluginApiDir?: string;
  /** Longest head of a request that the portal itself takes, in bytes. */
  maxHeaderSize: number;
}

/** The unit that a child runs. */
export interface ChildUnit {
  pluginId: string;
  /** The bundle of the plugin first. */
  bundles: StagedBundle[];
  /** Settings for its database. */
  database?: DatabaseSetup;
}

/** The registrations of a bundle. */
export interface Registered {
  pluginIds: string[];
  modules: Array<{ pluginId: string; moduleId: string }>;
}

/** The routes of a running unit. */
export interface Routes {
  paths: string[];
  openedRoutes: DeclaredRoute[];
  refusedRoutes: DeclaredRoute[];
  webSockets: DeclaredWebSocket[];
}

/** A serialised {@link StartFailure}. */
export interface StartFault {
  plugin?: CodedError;
  /** Faults by module id. */
  modules: Array<[moduleId: string, fault: CodedError]>;
  allowed: boolean;
}

/** Log line of a child. */
export interface LogEntry {
  level: 'error' | 'warn' | 'info' | 'debug';
  message: string;
  /** Of the child loggers between the root and here. */
  labels: JsonObject;
  meta?: JsonObject;
  /** Where the meta was an error. */
  error?: SentError;
}

/** A serialised error. */
export interface SentError {
  name: string;
  message: string;
  stack?: string;
}
