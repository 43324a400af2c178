import type { CodedError } from '@stagedoor/bundle';
import type { JsonObject } from '@backstage/types';
import type { Settings } from '../settings/settings';
import type { StagedBundle } from '../stage/stagedBundle';
import type { DeclaredRoute, DeclaredWebSocket } from '../start/openedRoutes';

/** What a child needs to know before anything is loaded. */
export interface ChildSetup {
  /** All of app-config, as the portal resolved it. */
  config: JsonObject;
  settings: Settings;
  /** The id of the portal's instance, in releases of Backstage that have one. */
  instanceId?: string;
  /** The Unix socket to listen on. */
  socketPath: string;
  /** Where `@backstage/backend-plugin-api` is installed; looking for it may be denied to the child. */
  backendPluginApiDir?: string;
  /** Longest head of a request that the portal itself takes, in bytes. */
  maxHeaderSize: number;
}

/** What a child is to run. */
export interface ChildUnit {
  pluginId: string;
  /** The bundle of the plugin first. */
  bundles: StagedBundle[];
}

/** What a bundle brings. */
export interface Registered {
  pluginIds: string[];
  modules: Array<{ pluginId: string; moduleId: string }>;
}

/** What a running unit answers to. */
export interface Routes {
  paths: string[];
  openedRoutes: DeclaredRoute[];
  refusedRoutes: DeclaredRoute[];
  webSockets: DeclaredWebSocket[];
}

/** A {@link StartFailure} as it travels. */
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

/** An error as it travels. */
export interface SentError {
  name: string;
  message: string;
  stack?: string;
}
