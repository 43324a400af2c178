import type { StagedoorError } from '@stagedoor/bundle';
import type { HealthReport } from '../observability/health/report';
import type { PluginStartupResult } from '../host/startupReport';
import type { SlotTarget } from '../serve/slotTarget';
import type { DeclaredRoute } from './openedRoutes';
import type { Composition } from '../composition/part';

/** The separate process of a plugin. */
export interface ProcessStatus {
  pid: number;
  /** The id of its user; absent if the system has none. */
  user?: number;
  rssBytes: number;
  /** Restarts after a crash, since the portal started. */
  restarts: number;
  /** ISO 8601. */
  startedAt: string;
}

/** One started build of a unit, wherever it runs. It serves from {@link serve} until {@link retire}. */
export interface StartedGeneration extends SlotTarget {
  readonly pluginId: string;
  readonly composition: Composition;
  /** Backstage's result of its start. */
  readonly startup?: PluginStartupResult;
  /** Paths that the plugin opened to callers without a session. */
  readonly openedRoutes: readonly DeclaredRoute[];
  /** Paths that it declared open and the policy keeps closed. */
  readonly refusedRoutes: readonly DeclaredRoute[];
  /** Mount paths of this generation. */
  readonly paths: ReadonlySet<string>;
  /** The separate process, while it is alive, with current figures. */
  readonly process?: ProcessStatus;
  /** How its separate process is supervised; undefined if it has none. `retryAt` is in milliseconds since the epoch. */
  readonly supervision?: { state: 'running' | 'backoff' | 'starting' | 'quarantined' | 'stopped'; retryAt?: number };
  /** Runs the plugin's health checks, at most `timeoutMs` milliseconds each. Never rejects. */
  checkHealth(timeoutMs: number): Promise<HealthReport>;
  /** The metrics of a separate process, in Prometheus' text format. Never rejects. */
  metrics?(timeoutMs: number): Promise<string>;
  /** Restarts a separate process, where that helps. */
  restart?(why: StagedoorError): void;
  /** Points the unit's mount paths here; from the next request on this generation answers. */
  serve(): void;
  /** Receives no more events: its successor does. */
  handOver?(): void;
  /** Lets requests in flight finish, ends the remaining ones after the drain timeout, then stops the plugin. */
  retire(successor?: StartedGeneration): Promise<void>;
  /** For a portal that shuts down: new requests get 503 while those in flight finish; then stops the plugin. */
  shutDown(): Promise<void>;
  /** Runs the plugin's shutdown hooks, bounded in time. */
  stop(): Promise<void>;
}
