/**
 * The bodies of the admin API, as `/api/dynamic-plugins/v1/openapi.json` describes them (test/loader/admin/apiTypes.test.ts
 * compares the two). This file imports nothing: clients in browsers take their types from here.
 */

/** What is wrong, if anything is; docs/errors.md lists the codes. */
export interface Fault {
  code?: string;
  message?: string;
  /** What to do about it. */
  hint?: string;
  details?: Record<string, unknown>;
}

/** A coded error. */
export interface CodedFault extends Fault {
  code: string;
  message: string;
}

/** A path that a plugin opened to callers without a session. */
export interface Route {
  pluginId: string;
  path: string;
  allow: 'unauthenticated' | 'user-cookie';
}

/** Where time went: a step, and the steps within it. Steps that ran concurrently overlap. */
export interface Span {
  /** What was done, for example `validate`. */
  name: string;
  /** What it was done to: a bundle, a drop, a plugin, a service. */
  label?: string;
  /** Begin, in milliseconds from the begin of the whole. */
  startMs: number;
  durationMs: number;
  /** It ended in an error. */
  failed?: boolean;
  children: Span[];
}

/** What the latest health checks of a plugin came to. */
export interface Health {
  condition: 'healthy' | 'degraded';
  /** Of the condition, ISO 8601. */
  since: string;
  /** Of the latest round. */
  status: 'ok' | 'degraded' | 'error';
  checkedAt: string;
  checks: HealthCheckResult[];
}

/** What one check came to. */
export interface HealthCheckResult {
  name: string;
  status: 'ok' | 'degraded' | 'error';
  durationMs: number;
  message?: string;
  details?: Record<string, unknown>;
}

/** A build of a bundle. */
export interface Build {
  version: string;
  /** Hex sha256 over all files. */
  digest: string;
}

/** What the next start of the portal runs if nothing changes until then; without a version, no build. */
export interface NextStart {
  why: 'drop' | 'rolled-back' | 'last-good' | 'disabled' | 'quarantined' | 'refused' | 'removed';
  version?: string;
  digest?: string;
}

/** The one state of a plugin, derived from everything that is known of it; every view shows this. */
export interface Summary {
  state:
    | 'starting'
    | 'running'
    | 'updating'
    | 'rolled-back'
    | 'degraded'
    | 'update-failed'
    | 'restarting'
    | 'quarantined'
    | 'failed'
    | 'rejected'
    | 'waiting'
    | 'disabled'
    | 'stopping'
    | 'removed';
  /** How much attention it needs. */
  tone: 'good' | 'busy' | 'neutral' | 'warning' | 'bad';
  /** The state in sentences: what runs, what does not and why, and what a restart of the portal does. */
  message: string;
  /** Since when the state holds, ISO 8601. */
  since: string;
  /** The build that answers requests; absent if none does. */
  runs?: Build & { since: string; health: 'healthy' | 'degraded' | 'unknown' };
  /** The build in the drop that takes precedence. */
  onDisk?: Build & { drop: string };
  /** The build that is being started. */
  trying?: Build;
  /** The latest attempt that failed and still counts; without a version, the drop cannot be read. */
  refused?: CodedFault & { version?: string; digest?: string; at: string };
  nextStart: NextStart;
  /** Starts in a row that failed. */
  attempt?: number;
  /** When a crashed process is started again, ISO 8601. */
  retryAt?: string;
  /** What an operator decided, as far as it explains the state. */
  decision?: { kind: 'disabled' | 'rolled-back'; by?: string; at?: string };
  /** Every build that is known. */
  builds: Array<
    Build & {
      state:
        | 'serving'
        | 'starting'
        | 'restarting'
        | 'quarantined'
        | 'waiting'
        | 'draining'
        | 'refused'
        | 'on-disk'
        | 'available';
    }
  >;
}

/** A bundle; `state` speaks of `version`, `loaded` is what serves, `onDisk` what the drop holds. */
export interface Plugin extends Fault {
  name: string;
  state: string;
  /** When the state was entered, ISO 8601. */
  since: string;
  /** The state that people see; `state` is the step that the loader is in. */
  summary: Summary;
  version?: string;
  role?: string;
  digest?: string;
  /** The drop in the root directory. */
  drop?: string;
  pluginIds: string[];
  modules: Array<{ pluginId: string; moduleId: string }>;
  openedRoutes: Route[];
  refusedRoutes?: Route[];
  loaded?: Build & { since: string };
  onDisk?: Build & { drop: string };
  generations?: Array<Build & { role: 'serving' | 'draining' | 'previous' }>;
  signature?: { verdict: 'good' | 'missing' | 'untrusted' | 'invalid'; signedBy: string[]; unknown: string[] };
  /** That the build in `loaded` runs on a database which a newer build, `version`, has migrated. */
  database?: { version?: string; migrations: string[]; message: string };
  /** While `stagedoor dev` builds it from its source. */
  developed?: boolean;
  /** Starts in a row that failed, where it is started again by itself. */
  attempt?: number;
  isolation?: 'in-process' | 'process';
  process?: { pid: number; user?: number; rssBytes: number; restarts: number; startedAt: string };
  /** By plugin id. */
  health?: Record<string, Health>;
  /** Where the time of its latest load went; not in lists. */
  boot?: Span[];
}

/** A line of the log of a plugin. */
export interface LogLine {
  /** Increases with each line; begins anew when the portal restarts. */
  id: number;
  /** ISO 8601. */
  time: string;
  /** Of the plugin that wrote it. */
  version: string;
  level: 'error' | 'warn' | 'info' | 'debug';
  /** The plugin's own logger, the output of its process, or what the portal says of it. */
  source: 'logger' | 'stdout' | 'stderr' | 'portal';
  /** With its fields or its stack; secrets are redacted. */
  message: string;
}

/** The latest lines of the log of a plugin, oldest first. */
export interface PluginLogs {
  lines: LogLine[];
  /** Versions that have lines. */
  versions: string[];
  /** Of the latest line, shown or not. */
  lastId: number;
}

/** Something that happened to a plugin. */
export interface HistoryEntry {
  id: number;
  plugin: string;
  kind:
    'install' | 'update' | 'upload' | 'rollback' | 'reload' | 'enable' | 'disable' | 'remove' | 'crash' | 'quarantine';
  /** When it ended, ISO 8601. */
  at: string;
  outcome: 'succeeded' | 'failed';
  /** Who requested it; absent for a drop and for what happened by itself. */
  by?: string;
  /** The version that ran before. */
  from?: string;
  /** The version that runs since, or should. */
  to?: string;
  durationMs?: number;
  code?: string;
  message?: string;
  /** The last lines of the log before a crash. */
  lines?: string[];
}

/** What happened to a plugin, latest first, also before restarts of the portal. */
export interface PluginHistory {
  items: HistoryEntry[];
}

/** All plugins, and the event that the list is as new as. */
export interface PluginList {
  items: Plugin[];
  lastEventId: number;
  /** What keeps the portal from following its drops now. */
  faults?: CodedFault[];
}

/** One key of app-config that a bundle reads. */
export interface ConfigKey {
  /** For example `greeter.times`. */
  key: string;
  /** Whether app-config sets it; its value is never told. */
  set: boolean;
  required: boolean;
  secret: boolean;
  type?: string;
  description?: string;
}

/** The config schemas of a bundle, and the keys that they describe. */
export interface PluginConfig {
  schemas: Array<Record<string, unknown>>;
  keys: ConfigKey[];
}

/** Whether the caller may do something, and by what, or why not. */
export interface Permitted {
  allowed: boolean;
  by?: 'operators' | 'policy' | 'session' | 'access-restriction';
  code?: string;
  message?: string;
  hint?: string;
}

/** What the caller may do. */
export interface Access {
  caller: { user?: string; service?: string };
  read: Permitted;
  install: Permitted;
  upload: Permitted;
  operate: Permitted;
  configure: Permitted;
}

/** What can be asked for. */
export type OperationKind = 'reload' | 'disable' | 'enable' | 'rollback' | 'upload' | 'remove';

/** Something that was asked for, and what became of it. */
export interface Operation {
  id: string;
  kind: OperationKind;
  /** Name of the bundle. */
  plugin: string;
  /** Entity ref of the user, or subject of the service. */
  by: string;
  status: 'running' | 'succeeded' | 'failed';
  /** ISO 8601. */
  startedAt: string;
  finishedAt?: string;
  /** Why it failed. */
  error?: CodedFault;
}

/** What a bundle is checked against: a portal's description of itself. */
export interface Host {
  /** Release of Backstage; unknown to some portals. */
  backstage?: string;
  /** How the release is known. */
  backstageFrom?: 'backstage.json' | 'installed';
  /** Version of Node.js, without the `v`. */
  node: string;
  platform: string;
  arch: string;
  /** Node's ABI number. */
  abi: string;
  /** Versions of the shared packages by name. */
  shared: Record<string, string>;
  /** Versions of the packages that its app and frontend plugins have in common, by name, as far as they are known. */
  app?: Record<string, string>;
}
