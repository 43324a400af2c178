/** The bodies of the admin API that the console reads, as `/api/dynamic-plugins/v1/openapi.json` describes them. */
export interface Fault {
  code?: string;
  message?: string;
  hint?: string;
}

export interface Route {
  pluginId: string;
  path: string;
  allow: 'unauthenticated' | 'user-cookie';
}

export interface Span {
  name: string;
  label?: string;
  startMs: number;
  durationMs: number;
  failed?: boolean;
  children: Span[];
}

export interface Health {
  condition: 'healthy' | 'degraded';
  since: string;
  status: 'ok' | 'degraded' | 'error';
  checkedAt: string;
  checks: Array<{ name: string; status: 'ok' | 'degraded' | 'error'; durationMs: number; message?: string }>;
}

export interface Build {
  version: string;
  digest: string;
}

export interface Plugin extends Fault {
  name: string;
  state: string;
  since: string;
  version?: string;
  role?: string;
  digest?: string;
  drop?: string;
  pluginIds: string[];
  modules: Array<{ pluginId: string; moduleId: string }>;
  openedRoutes: Route[];
  refusedRoutes?: Route[];
  loaded?: Build & { since: string };
  onDisk?: Build & { drop: string };
  generations?: Array<Build & { role: 'serving' | 'draining' | 'previous' }>;
  signature?: { verdict: 'good' | 'missing' | 'untrusted' | 'invalid'; signedBy: string[]; unknown: string[] };
  database?: { version?: string; migrations: string[]; message: string };
  developed?: boolean;
  attempt?: number;
  isolation?: 'in-process' | 'process';
  process?: { pid: number; user?: number; rssBytes: number; restarts: number; startedAt: string };
  health?: Record<string, Health>;
  boot?: Span[];
}

export interface PluginList {
  items: Plugin[];
  lastEventId: number;
}

export interface ConfigKey {
  key: string;
  set: boolean;
  required: boolean;
  secret: boolean;
  type?: string;
  description?: string;
}

export interface Sbom {
  components?: Array<{ name: string; version?: string; group?: string; licenses?: SbomLicense[] }>;
}

type SbomLicense = { license?: { id?: string; name?: string }; expression?: string };

/** Whether the user may do something, or why not. */
export interface Permitted extends Fault {
  allowed: boolean;
}

/** What the user may do. */
export type Access = Record<'read' | 'install' | 'upload' | 'operate' | 'configure', Permitted>;

export type OperationKind = 'reload' | 'disable' | 'enable' | 'rollback' | 'upload';

export interface Operation {
  id: string;
  kind: OperationKind;
  plugin: string;
  status: 'running' | 'succeeded' | 'failed';
  error?: Fault;
}
