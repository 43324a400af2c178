import type { CodedError } from '@stagedoor/bundle';
import type { OpenedRoute } from '../start/openedRoutes';

/** Where a bundle is in its life; see the README for the picture. */
export type PluginState =
  'discovered' | 'staging' | 'starting' | 'running' | 'waiting' | 'draining' | 'stopped' | 'rejected' | 'failed';

/** A bundle as the admin API shows it. `state` speaks of the newest drop; `loaded` of what serves. */
export interface PluginStatus extends Partial<CodedError> {
  /** Name in the bundle's package.json; the drop's file name where that could not be read. */
  name: string;
  version?: string;
  role?: string;
  pluginIds: string[];
  modules: Array<{ pluginId: string; moduleId: string }>;
  state: PluginState;
  /** When the state was entered, ISO 8601. */
  since: string;
  /** Hex sha256 of the newest drop. */
  digest?: string;
  /** The drop in the root directory. */
  drop?: string;
  /** What is serving now; stays while a newer drop fails. */
  loaded?: { version: string; digest: string; since: string };
  openedRoutes: OpenedRoute[];
}
