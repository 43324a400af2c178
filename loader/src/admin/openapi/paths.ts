import { ref, type Schema } from './schemas';

const ERRORS = {
  401: 'No valid token.',
  403: 'The caller lacks the permission.',
  404: 'No such plugin, operation or path.',
  409: 'Another operation is in progress, or the state of the plugin does not allow this one.',
  413: 'The request body is too large.',
  422: 'The bundle cannot be loaded or started; the earlier build stays in service.',
  500: 'Internal error of the portal.',
  503: 'The portal is shutting down, or the permission backend does not answer.',
};

function content(description: string, schema: Schema, mediaType = 'application/json'): object {
  return { description, content: { [mediaType]: { schema } } };
}

function oneOf(...names: Array<Parameters<typeof ref>[0]>): Schema {
  return { oneOf: names.map((name) => ref(name)) };
}

function errors(...statuses: Array<keyof typeof ERRORS>): Record<string, object> {
  return Object.fromEntries(statuses.map((status) => [status, content(ERRORS[status], ref('Error'))]));
}

function parameter(name: string, description: string, where = 'path'): object {
  return { name, in: where, required: where === 'path', description, schema: { type: 'string' } };
}

const pluginId = parameter('pluginId', 'Id of a static or dynamic plugin.');
const name = parameter('name', 'Name of the package; `@` and `/` in it may be percent-encoded.');

const logQuery = [
  parameter('level', '`error`, `warn`, `info` or `debug`: this level and more severe ones.', 'query'),
  parameter('search', 'Text that a line contains, in upper or lower case.', 'query'),
  parameter('version', 'Version of the plugin.', 'query'),
  parameter('after', 'Only lines after the one with this id.', 'query'),
];

const wait = parameter(
  'Prefer',
  '`wait=<seconds>` (RFC 7240): wait for the end of the operation, at most 55 seconds (default 2). Then the answer is 202.',
  'header',
);

function read(
  operationId: string,
  summary: string,
  answer: object,
  parameters: object[] = [],
  more: Record<number, object> = {},
): { get: object } {
  const missing = parameters.length > 0 ? errors(404) : {};
  return {
    get: {
      operationId,
      summary,
      parameters,
      responses: { 200: answer, ...errors(401, 403), ...missing, ...errors(500, 503), ...more },
    },
  };
}

function write(operationId: string, summary: string): { post: object } {
  return {
    post: {
      operationId,
      summary,
      parameters: [name, wait],
      responses: {
        ...started,
        ...errors(401, 403, 404, 409, 422, 500, 503),
      },
    },
  };
}

const started = {
  200: content('Done.', ref('OperationDone')),
  202: {
    ...content('In progress.', ref('OperationStarted')),
    headers: { Location: { description: 'The operation, which can be polled.', schema: { type: 'string' } } },
  },
};

const uploadPlugin = {
  operationId: 'uploadPlugin',
  summary: 'Put an archive of a bundle into the root directory',
  description:
    'The archive passes every check of a drop before it is moved there. It replaces an earlier upload of the same package.',
  parameters: [wait],
  requestBody: {
    required: true,
    description: 'A `.tgz` of at most 64 MiB.',
    content: { 'application/gzip': { schema: { type: 'string', format: 'binary' } } },
  },
  responses: { ...started, ...errors(401, 403, 409, 413, 422, 500, 503) },
};

const removePlugin = {
  operationId: 'removePlugin',
  summary: 'Delete an uploaded bundle from the root directory',
  parameters: [name, wait],
  responses: {
    ...started,
    200: content('It is out of service.', ref('OperationEnded')),
    ...errors(401, 403, 404, 409, 500, 503),
  },
};

/** Every path of the admin API, with its methods; the router has exactly these. */
export const paths = {
  '/v1/access': read(
    'getAccess',
    'What the caller is permitted to do, and why not',
    content('By action.', ref('Access')),
  ),
  '/v1/plugins': {
    ...read('listPlugins', 'All dynamic plugins, sorted by name', content('The list.', ref('PluginList'))),
    post: uploadPlugin,
  },
  '/v1/plugins/{name}': {
    ...read('getPlugin', 'One dynamic plugin', content('The plugin.', ref('Plugin')), [name]),
    delete: removePlugin,
  },
  '/v1/plugins/{name}/config': read(
    'getPluginConfig',
    'Config schemas of the plugin, and which of its keys are set',
    content('Schemas and keys.', ref('Config')),
    [name],
    errors(422),
  ),
  '/v1/plugins/{name}/sbom': read(
    'getPluginSbom',
    'Software bill of materials',
    content('CycloneDX.', { type: 'object' }, 'application/vnd.cyclonedx+json'),
    [name],
  ),
  '/v1/plugins/{name}/logs': read(
    'getPluginLogs',
    'Latest log lines of the plugin: its logger, the output of its process, its starts and crashes',
    content('Oldest first.', ref('Logs')),
    [name, ...logQuery, parameter('tail', 'How many lines at most; default 200, at most 2000.', 'query')],
    errors(422),
  ),
  '/v1/plugins/{name}/logs/stream': read(
    'followPluginLogs',
    'New log lines of the plugin, as Server-Sent Events of the type `line`',
    content('The stream; its data are `LogLine`s.', { type: 'string' }, 'text/event-stream'),
    [name, ...logQuery],
    errors(422),
  ),
  '/v1/plugins/{name}/history': read(
    'getPluginHistory',
    'What happened to the plugin, by whom, and how it ended',
    content('Latest first.', ref('History')),
    [name],
  ),
  '/v1/plugins/{name}/reload': write('reloadPlugin', 'Restart a plugin, from its drop if that has changed'),
  '/v1/plugins/{name}/disable': write('disablePlugin', 'Take a plugin out of service until it is enabled'),
  '/v1/plugins/{name}/enable': write('enablePlugin', 'Put a plugin back into service'),
  '/v1/plugins/{name}/rollback': write('rollbackPlugin', 'Return to the previous build until the drop changes'),
  '/v1/operations/{id}': read(
    'getOperation',
    'An operation in progress, or one of the latest',
    content('The operation.', ref('Operation')),
    [parameter('id', 'As `operation.id` or `Location` said.')],
  ),
  '/v1/events': {
    get: {
      operationId: 'followEvents',
      summary: 'Events of all plugins, as Server-Sent Events',
      description:
        'Each message has the id, the type and, as data, the JSON of an event. If some events since the one ' +
        'that the client names are gone, a message `reset` with the whole plugin list comes first.',
      parameters: [
        parameter('Last-Event-ID', 'Id of the last event seen.', 'header'),
        parameter('after', 'The same, for a first connection.', 'query'),
      ],
      responses: {
        200: content('The stream.', { type: 'string' }, 'text/event-stream'),
        ...errors(401, 403, 500, 503),
      },
    },
  },
  '/v1/{pluginId}/health': read(
    'getHealth',
    'Latest health of a plugin',
    content('It works.', ref('Health')),
    [pluginId],
    { 503: content('It does not work, or the permission backend does not answer.', oneOf('Health', 'Error')) },
  ),
  '/v1/{pluginId}/metrics': read(
    'getMetrics',
    'Metrics about a plugin, and metrics of the plugin itself',
    content("Prometheus' text format.", { type: 'string' }, 'text/plain'),
    [pluginId],
  ),
  '/v1/boot': read('getBoot', 'Timing of the start', content('A tree of steps.', ref('Span'))),
  '/v1/host': read(
    'getHost',
    'The host manifest, which bundles are checked against',
    content('The host.', ref('Host')),
  ),
  '/v1/openapi.json': read('getDescription', 'This description', content('OpenAPI 3.1.', { type: 'object' })),
};

export type Paths = typeof paths;
