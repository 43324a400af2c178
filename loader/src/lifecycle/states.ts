import type { CodedError } from '@stagedoor/bundle';
import type { PluginHealth } from '../observability/health/healthMonitor';
import type { SignatureVerdict } from '../policy/signatures';
import type { Span } from '../observability/timing/timed';
import type { OpenedRoute } from '../start/openedRoutes';
import type { ProcessStatus } from '../start/startedGeneration';

/** Where a bundle can be in its life; see the README for the picture. */
export const PLUGIN_STATES = [
  'discovered',
  'staging',
  'starting',
  'running',
  'waiting',
  'draining',
  'stopped',
  'rejected',
  'failed',
  'backoff',
  'quarantined',
  'disabled',
] as const;
export type PluginState = (typeof PLUGIN_STATES)[number];

/** States in which nothing of a bundle serves, loaded or not. */
export const DOWN_STATES: ReadonlySet<PluginState> = new Set<PluginState>([
  'waiting',
  'backoff',
  'quarantined',
  'disabled',
  'draining',
]);

/** States of a bundle that was to run, and does not. */
export const FAILED_STATES: ReadonlySet<PluginState> = new Set<PluginState>([
  'rejected',
  'failed',
  'backoff',
  'quarantined',
]);

/** A build of a bundle: what it says of itself, and what it is. */
export interface BuildStatus {
  version: string;
  /** Hex sha256 over all files. */
  digest: string;
}

/** A bundle as the admin API shows it. `state` speaks of `version`; `loaded` is what serves, `onDisk` the drop. */
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
  /** Hex sha256 of what the state speaks of: the newest drop, or the build that an operator went back to. */
  digest?: string;
  /** The drop in the root directory. */
  drop?: string;
  /** What is serving now; stays while a newer drop fails. */
  loaded?: BuildStatus & { since: string };
  /** The newest drop that could be read, loaded or not. */
  onDisk?: BuildStatus & { drop: string };
  /** Builds of it that are there, in this order: what serves, what still answers earlier requests, what a rollback brings. */
  generations?: Array<BuildStatus & { role: 'serving' | 'draining' | 'previous' }>;
  openedRoutes: OpenedRoute[];
  /** What it declares open and policy keeps closed to callers without a session. */
  refusedRoutes?: OpenedRoute[];
  /** What the signatures of the build in `digest` came to; absent where nobody asks. */
  signature?: SignatureVerdict;
  /** True while `stagedoor dev` builds it from its source. */
  developed?: boolean;
  /** Starts in a row that failed, where it is started again by itself. */
  attempt?: number;
  isolation?: 'in-process' | 'process';
  process?: ProcessStatus;
  /** Where the time of its latest load went; of one bundle only, not in lists. */
  boot?: Span[];
  /** What its latest health checks came to, by plugin id. */
  health?: Record<string, PluginHealth>;
}
