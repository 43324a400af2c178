import type { StagedoorError } from '@stagedoor/bundle';
import type { HealthReport } from '../observability/health/report';
import type { PluginStartupResult } from '../host/startupReport';
import type { SlotTarget } from '../serve/slots';
import type { DeclaredRoute } from './openedRoutes';
import type { Composition } from '../composition/part';

/** The process that a plugin runs in, where it has one of its own. */
export interface ProcessStatus {
  pid: number;
  /** The id of the user that it runs as; absent where the system has none. */
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
  /** What Backstage says of its start. */
  readonly startup?: PluginStartupResult;
  /** What the plugin opened to callers without a session. */
  readonly openedRoutes: readonly DeclaredRoute[];
  /** What it declared open and policy keeps closed. */
  readonly refusedRoutes: readonly DeclaredRoute[];
  /** Mount paths of this generation. */
  readonly paths: ReadonlySet<string>;
  /** The process it runs in, where that is one of its own and lives; figures of this moment. */
  readonly process?: ProcessStatus;
  /** Runs the plugin's health checks, at most `timeoutMs` milliseconds each. Never rejects. */
  checkHealth(timeoutMs: number): Promise<HealthReport>;
  /** What a process of its own has measured, in Prometheus' text format. Never rejects. */
  metrics?(timeoutMs: number): Promise<string>;
  /** Ends what runs and starts it anew, where that helps: a process of its own. */
  restart?(why: StagedoorError): void;
  /** Points the unit's mount paths here; from the next request on this generation answers. */
  serve(): void;
  /** Hears of no events any more: its successor does. */
  handOver?(): void;
  /** Lets requests in flight finish, ends what is left after the drain timeout, then stops the plugin. */
  retire(successor?: StartedGeneration): Promise<void>;
  /** For a portal that shuts down: new requests get 503 while those in flight finish; then stops the plugin. */
  shutDown(): Promise<void>;
  /** Runs the plugin's shutdown hooks, bounded in time. */
  stop(): Promise<void>;
}
