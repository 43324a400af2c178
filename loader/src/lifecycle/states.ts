import type { CodedError } from '@stagedoor/bundle';
import type { Summary } from '../adminApi';
import type { NewerDatabase } from '../migrations/records';
import type { PluginHealth } from '../observability/health/healthMonitor';
import type { SignatureVerdict } from '../policy/signatures';
import type { Span } from '../observability/timing/timed';
import type { OpenedRoute } from '../start/openedRoutes';
import type { ProcessStatus } from '../start/startedGeneration';

/** The states of a bundle; the README has the diagram. */
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

/** States of a bundle that should run and does not. */
export const FAILED_STATES: ReadonlySet<PluginState> = new Set<PluginState>([
  'rejected',
  'failed',
  'backoff',
  'quarantined',
]);

/** A build of a bundle: its declared version and its digest. */
export interface BuildStatus {
  version: string;
  /** Hex sha256 over all files. */
  digest: string;
}

/**
 * A bundle as the admin API shows it. `state` describes `version`; `loaded` is the build in service, `onDisk` that of the
 * drop.
 */
export interface PluginStatus extends RecordedStatus {
  /** The state that is shown, derived from all that is known. */
  summary: Summary;
}

/** A status without what is derived from it. */
export interface RecordedStatus extends Partial<CodedError> {
  /** Name in the bundle's package.json, or the file name of the drop if that is unreadable. */
  name: string;
  version?: string;
  role?: string;
  pluginIds: string[];
  modules: Array<{ pluginId: string; moduleId: string }>;
  state: PluginState;
  /** When the state was entered, ISO 8601. */
  since: string;
  /** Hex sha256 of the build that the state describes: the newest drop, or the build that an operator rolled back to. */
  digest?: string;
  /** The drop in the root directory. */
  drop?: string;
  /** The build in service; stays while a newer drop fails. */
  loaded?: BuildStatus & { since: string };
  /** The newest readable drop, loaded or not. */
  onDisk?: BuildStatus & { drop: string };
  /**
   * Available builds, in this order: the one in service, those that finish earlier requests, the one that a rollback returns
   * to.
   */
  generations?: Array<BuildStatus & { role: 'serving' | 'draining' | 'previous' }>;
  openedRoutes: OpenedRoute[];
  /** Paths that it declares open and that the policy keeps closed to callers without a session. */
  refusedRoutes?: OpenedRoute[];
  /** The verdict on the signatures of the build in `digest`; absent if signatures are not required. */
  signature?: SignatureVerdict;
  /** Set if the loaded build runs on a database that a newer one has migrated. */
  database?: NewerDatabase;
  /** True while `stagedoor dev` builds it from its source. */
  developed?: boolean;
  /** Number of failed starts in a row, if it is restarted automatically. */
  attempt?: number;
  isolation?: 'in-process' | 'process';
  process?: ProcessStatus;
  /** Timing of its latest load; for a single bundle only, not in lists. */
  boot?: Span[];
  /** The results of its latest health checks, by plugin id. */
  health?: Record<string, PluginHealth>;
}

/** A build, as a summary names it. */
export interface NamedBuild {
  version: string;
  /** Hex sha256 over all files. */
  digest: string;
}

/** The latest attempt to start a build, or to read a drop, that failed. */
export interface Refusal {
  /** Absent for a drop that cannot be read. */
  build?: NamedBuild;
  state: 'failed' | 'rejected';
  fault: CodedError;
  /** ISO 8601. */
  at: string;
  /** Why the last good build did not start in its place. */
  fallbackFault?: CodedError;
}
