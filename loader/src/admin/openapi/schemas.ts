import { codes } from '@stagedoor/bundle';
import { OPERATION_KINDS } from '../../lifecycle/operation';
import { PLUGIN_STATES } from '../../lifecycle/states';
import { SUMMARY_STATES } from '../../summary/states';

/** A JSON Schema (2020-12), as OpenAPI 3.1 takes it. */
export type Schema = Record<string, unknown>;

/** A reference to one of {@link schemas}. */
export function ref(name: keyof typeof schemas): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

/** A closed object: answers contain no other properties. */
function object(required: Record<string, Schema>, optional: Record<string, Schema> = {}, description?: string): Schema {
  return {
    type: 'object',
    ...(description && { description }),
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}

function list(items: Schema): Schema {
  return { type: 'array', items };
}

function oneOf(...values: readonly string[]): Schema {
  return { type: 'string', enum: values };
}

const text = { type: 'string' };
const count = { type: 'integer', minimum: 0 };
const milliseconds = { type: 'number', minimum: 0 };
const time = { type: 'string', format: 'date-time' };
const digest = { type: 'string', pattern: '^[0-9a-f]{64}$', description: 'SHA-256 over all files.' };
const state = oneOf(...PLUGIN_STATES);
const code = { ...oneOf(...Object.keys(codes)), description: 'Permanent; docs/errors.md lists all.' };
const details = { type: 'object', description: 'Machine-readable facts of the message.' };
const fault = { code, message: text, hint: { ...text, description: 'What to do about it.' }, details };
const routes = list(object({ pluginId: text, path: text, allow: oneOf('unauthenticated', 'user-cookie') }));
const policy = {
  setting: { ...text, description: 'The setting below dynamicPlugins that decided.' },
  outcome: oneOf('allowed', 'warned', 'refused'),
};
const kind = oneOf(...OPERATION_KINDS);
const status = oneOf('running', 'succeeded', 'failed');

const error = object(
  {
    error: object({ name: text, code, message: text }, { hint: text, details }),
    response: object({ statusCode: { type: 'integer' } }),
  },
  { request: object({ method: text, url: text }) },
);

const check = object(
  { name: text, status: oneOf('ok', 'degraded', 'error'), durationMs: count },
  { message: text, details: { type: 'object', description: 'Details from the plugin.' } },
);

const health = object({
  condition: { ...oneOf('healthy', 'degraded'), description: 'Degraded after three rounds in a row with an error.' },
  since: { ...time, description: 'Since when the condition holds.' },
  status: { ...oneOf('ok', 'degraded', 'error'), description: 'Status of the worst check in the latest round.' },
  checkedAt: time,
  checks: list(check),
});

const span = object(
  {
    name: text,
    startMs: milliseconds,
    durationMs: milliseconds,
    children: list({ $ref: '#/components/schemas/Span' }),
  },
  { label: { ...text, description: 'Subject of the step.' }, failed: { type: 'boolean' } },
  'A step. Concurrent steps overlap. `startMs` counts from the beginning of the whole.',
);

const nextStart = object(
  { why: oneOf('drop', 'rolled-back', 'last-good', 'disabled', 'quarantined', 'refused', 'removed') },
  { version: text, digest },
  'What the next start of the portal runs if nothing changes until then; without a version, no build.',
);

const builds = list(
  object({
    version: text,
    digest,
    state: oneOf(
      ...['serving', 'starting', 'restarting', 'quarantined', 'waiting', 'draining', 'refused', 'on-disk', 'available'],
    ),
  }),
);

const summary = object(
  {
    state: oneOf(...SUMMARY_STATES),
    tone: { ...oneOf('good', 'busy', 'neutral', 'warning', 'bad'), description: 'How much attention it needs.' },
    message: { ...text, description: 'The state in sentences.' },
    since: time,
    nextStart,
    builds: { ...builds, description: 'Every build that is known.' },
  },
  {
    runs: object(
      { version: text, digest, since: time, health: oneOf('healthy', 'degraded', 'unknown') },
      {},
      'The build that answers requests; absent if none does.',
    ),
    onDisk: object({ version: text, digest, drop: text }),
    trying: object({ version: text, digest }, {}, 'The build that is being started.'),
    refused: object(
      { code, message: text, at: time },
      { hint: text, details, version: text, digest },
      'The latest attempt that failed and still counts.',
    ),
    attempt: count,
    retryAt: { ...time, description: 'When a crashed process is started again.' },
    decision: object({ kind: oneOf('disabled', 'rolled-back') }, { by: text, at: time }),
  },
  'The one state of a plugin, derived from everything that is known of it.',
);

const plugin = object(
  {
    name: text,
    state,
    since: time,
    summary: { $ref: '#/components/schemas/Summary' },
    pluginIds: list(text),
    modules: list(object({ pluginId: text, moduleId: text })),
    openedRoutes: routes,
  },
  {
    ...fault,
    version: text,
    role: text,
    digest,
    drop: { ...text, description: 'The drop in the root directory.' },
    loaded: object({ version: text, digest, since: time }, {}, 'The build in service.'),
    onDisk: object({ version: text, digest, drop: text }, {}, 'The build in the drop that takes precedence.'),
    generations: list(object({ version: text, digest, role: oneOf('serving', 'draining', 'previous') })),
    refusedRoutes: routes,
    signature: object({
      verdict: oneOf('good', 'missing', 'untrusted', 'invalid'),
      signedBy: list(text),
      unknown: list(text),
    }),
    database: object(
      { migrations: list(text), message: text },
      { version: text },
      'The build in `loaded` runs on a database that a newer one, `version`, has migrated.',
    ),
    developed: { type: 'boolean', description: 'True while `stagedoor dev` builds it from source.' },
    attempt: count,
    isolation: oneOf('in-process', 'process'),
    process: object({ pid: count, rssBytes: count, restarts: count, startedAt: time }, { user: count }),
    boot: { ...list(span), description: 'Timing of its latest load; not in lists.' },
    health: { type: 'object', additionalProperties: health, description: 'By plugin id.' },
  },
  '`state` describes `version`; `loaded` is the build in service, `onDisk` the build in the drop.',
);

const logLine = object({
  id: { ...count, description: 'Increases with each line; begins anew when the portal restarts.' },
  time,
  version: text,
  level: oneOf('error', 'warn', 'info', 'debug'),
  source: oneOf('logger', 'stdout', 'stderr', 'portal'),
  message: { ...text, description: 'With its fields or its stack; secrets are redacted.' },
});

const historyEntry = object(
  {
    id: count,
    plugin: text,
    kind: oneOf(
      ...['install', 'update', 'upload', 'rollback', 'reload', 'enable', 'disable', 'remove', 'crash', 'quarantine'],
    ),
    at: time,
    outcome: oneOf('succeeded', 'failed'),
  },
  {
    by: { ...text, description: 'Who requested it; absent for a drop and for what happened by itself.' },
    from: text,
    to: text,
    durationMs: count,
    code,
    message: text,
    lines: { ...list(text), description: 'The last lines of the log before a crash.' },
  },
);

const config = object({
  schemas: { ...list({ type: 'object' }), description: 'JSON schemas; app-config must match all of them.' },
  keys: list(
    object(
      {
        key: text,
        set: { type: 'boolean', description: 'Whether it is set in app-config; the value is not shown.' },
        required: { type: 'boolean' },
        secret: { type: 'boolean' },
      },
      { type: text, description: text },
    ),
  ),
});

const permitted = object(
  { allowed: { type: 'boolean' } },
  {
    by: {
      ...oneOf('operators', 'policy', 'session', 'access-restriction'),
      description:
        'What allows it: `dynamicPlugins.operators`, a permission policy, the session, or the access restriction of the token.',
    },
    code,
    message: text,
    hint: text,
  },
);

const access = object({
  caller: object({}, { user: { ...text, description: 'Entity ref.' }, service: text }),
  read: permitted,
  install: permitted,
  upload: { ...permitted, description: 'As install, if the portal accepts uploads.' },
  operate: { ...permitted, description: 'Enable, disable, reload and roll back.' },
  configure: permitted,
});

const operation = object(
  {
    id: text,
    kind,
    plugin: text,
    by: { ...text, description: 'Entity ref of the user, or subject of the service.' },
    status,
    startedAt: time,
  },
  { finishedAt: time, error: object({ code, message: text }, { hint: text, details }) },
);

const event = object(
  { id: count, time, type: oneOf('state', 'policy', 'operation', 'health', 'database'), plugin: text },
  {
    ...fault,
    ...policy,
    from: state,
    state,
    version: text,
    digest,
    summary: object({ state: oneOf(...SUMMARY_STATES), message: text }, {}, 'The state of the plugin from now on.'),
    operation: object({ id: text, kind, by: text, status }),
  },
);

const host = object(
  { node: text, platform: text, arch: text, abi: text, shared: { type: 'object', additionalProperties: text } },
  {
    ...{ backstage: text, backstageFrom: { type: 'string', enum: ['backstage.json', 'installed'] } },
    app: { type: 'object', additionalProperties: text },
  },
);

/** A change of which there is nothing else to show: it has begun, or its plugin is gone. */
const operationAlone = object({ operation: { $ref: '#/components/schemas/Operation' } });

/** Every body of the admin API. */
export const schemas = {
  Access: access,
  Config: config,
  Error: error,
  Event: event,
  Health: health,
  History: object({ items: list({ $ref: '#/components/schemas/HistoryEntry' }) }),
  HistoryEntry: historyEntry,
  Host: host,
  LogLine: logLine,
  Logs: object({ lines: list({ $ref: '#/components/schemas/LogLine' }), versions: list(text), lastId: count }),
  Operation: operation,
  OperationStarted: operationAlone,
  OperationEnded: operationAlone,
  OperationDone: object({
    operation: { $ref: '#/components/schemas/Operation' },
    plugin: { $ref: '#/components/schemas/Plugin' },
  }),
  Plugin: plugin,
  Span: span,
  Summary: summary,
  PluginList: object(
    {
      items: list({ $ref: '#/components/schemas/Plugin' }),
      lastEventId: { ...count, description: 'GET /v1/events?after=<id> continues from here.' },
    },
    {
      faults: {
        ...list(object({ code, message: text }, { hint: text, details })),
        description: 'What keeps the portal from following its drops now; absent if nothing does.',
      },
    },
  ),
};
