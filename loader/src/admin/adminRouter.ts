import type { LoggerService } from '@backstage/backend-plugin-api';
import type { BasicPermission } from '@backstage/plugin-permission-common';
import type { StagedoorError } from '@stagedoor/bundle';
import { restoreError } from '@stagedoor/bundle';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import { setTimeout as sleep } from 'node:timers/promises';
import type * as api from '../adminApi';
import { MAX_UPLOAD_BYTES, uploadTooLarge } from '../drops/errors';
import type { DynamicPlugins } from '../runtime/dynamicPlugins';
import type { Operation } from '../lifecycle/operation';
import type { PluginOperationKind } from '../operator/operator';
import type { Access } from './access';
import { reportAccess } from './accessReport';
import type { Audit } from './audit';
import { ADMIN_PATH } from './adminPath';
import { callerOf, nameOfCaller, type CallerCredentials } from './caller';
import { codedErrors } from './codedErrors';
import { routeUnknown, uploadDisabled } from './errors';
import type { EventStreams } from './eventStreams';
import { openapi } from './openapi/document';
import { METRICS_TYPE } from '../observability/metrics/exposition';
import type { Paths } from './openapi/paths';
import { installPermission, operatePermission, readPermission } from './permissions';
import { followLines, logQuery } from './logRequests';
import { preferredWaitMs } from './waiting';

/** What the admin API works with. */
export interface AdminRouterOptions {
  plugins: DynamicPlugins;
  access: Access;
  /** Whether bundles can be uploaded. */
  uploadEnabled: boolean;
  audit: Audit;
  streams: EventStreams;
  logger: LoggerService;
}

/** Handles one operation of the API for a known caller. */
type Handler = (request: Request, response: Response, credentials: CallerCredentials) => Promise<void> | void;

const SBOM_TYPE = 'application/vnd.cyclonedx+json';

/** The admin API below {@link ADMIN_PATH}: exactly the routes of its OpenAPI document. Every route requires a known caller. */
export function createAdminRouter(options: AdminRouterOptions): Router {
  const { plugins, streams, access, logger } = options;
  const read = (handler: Handler): { get: Handler } => ({
    get: async (request, response, credentials) => {
      await access.check(readPermission, credentials);
      await handler(request, response, credentials);
    },
  });
  const operate = (kind: PluginOperationKind): { post: Handler } => ({
    post: (request, response, credentials) => operation(kind, options, request, response, credentials),
  });
  const handlers: { [Path in keyof Paths]: { [Method in keyof Paths[Path]]: Handler } } = {
    '/v1/access': {
      get: async (_request, response, credentials) => {
        send<api.Access>(response, await reportAccess(access, credentials, options.uploadEnabled));
      },
    },
    '/v1/plugins': {
      ...read((_request, response) => {
        const lastEventId = plugins.events.last;
        const faults = plugins.faults();
        const items = plugins.list();
        const list: api.PluginList = { items, lastEventId, ...(faults.length > 0 && { faults: faults.map(coded) }) };
        response.json(list);
      }),
      post: (request, response, credentials) => upload(options, request, response, credentials),
    },
    '/v1/plugins/{name}': {
      ...read((request, response) => send<api.Plugin>(response, plugins.status(nameOf(request)))),
      delete: (request, response, credentials) => operation('remove', options, request, response, credentials),
    },
    '/v1/plugins/{name}/config': read(async (request, response) =>
      send<api.PluginConfig>(response, await plugins.details.config(nameOf(request))),
    ),
    '/v1/plugins/{name}/sbom': read(
      async (request, response) => void response.type(SBOM_TYPE).json(await plugins.details.sbom(nameOf(request))),
    ),
    '/v1/plugins/{name}/logs': read(async (request, response) => {
      const { tail, ...wanted } = logQuery(request.query);
      send<api.PluginLogs>(response, await plugins.logsOf(nameOf(request)).read(nameOf(request), wanted, tail));
    }),
    '/v1/plugins/{name}/logs/stream': read((request, response, { expiresAt }) => {
      const name = nameOf(request);
      const { tail: _tail, ...wanted } = logQuery(request.query);
      const logs = plugins.logsOf(name);
      streams.follow(request, response, expiresAt, (pass) => followLines(logs, name, wanted, pass));
    }),
    '/v1/plugins/{name}/history': read((request, response) =>
      send<api.PluginHistory>(response, { items: plugins.history(nameOf(request)) }),
    ),
    '/v1/plugins/{name}/reload': operate('reload'),
    '/v1/plugins/{name}/disable': operate('disable'),
    '/v1/plugins/{name}/enable': operate('enable'),
    '/v1/plugins/{name}/rollback': operate('rollback'),
    '/v1/operations/{id}': read((request, response) =>
      send<api.Operation>(response, plugins.operation(request.params.id!)),
    ),
    '/v1/events': read((request, response, { expiresAt }) => streams.open(request, response, expiresAt)),
    '/v1/{pluginId}/health': read(async (request, response) => {
      const health: api.Health = await plugins.observations.health(request.params.pluginId!);
      response.status(health.status === 'error' ? 503 : 200).json(health);
    }),
    '/v1/{pluginId}/metrics': read(async (request, response) => {
      response.type(METRICS_TYPE).send(await plugins.observations.metrics(request.params.pluginId!));
    }),
    '/v1/boot': read((_request, response) => send<api.Span>(response, plugins.observations.boot)),
    '/v1/host': read((_request, response) => send<api.Host>(response, plugins.host)),
    '/v1/openapi.json': read((_request, response) => void response.json(openapi)),
  };
  const router = Router();
  router.use((request, _response, next) => {
    request.url = withNameEncoded(request.url);
    next();
  });
  router.use('/v1', (request, response, next) => {
    access.caller(request).then((credentials) => {
      response.locals.credentials = credentials;
      next();
    }, next);
  });
  for (const [path, methods] of Object.entries(handlers)) {
    for (const [method, handler] of Object.entries(methods as Record<string, Handler>)) {
      router[method as 'get' | 'post' | 'delete'](expressPath(path), answering(handler));
    }
  }
  router.use('/v1', (request) => {
    throw routeUnknown(request.method, request.originalUrl);
  });
  router.use('/v1', codedErrors(logger));
  return router;
}

/** Sends a body of a declared type. */
function send<Body>(response: Response, body: Body): void {
  response.json(body);
}

function coded(fault: StagedoorError): api.CodedFault {
  return fault.toJSON();
}

function operation(
  kind: PluginOperationKind,
  options: AdminRouterOptions,
  request: Request,
  response: Response,
  credentials: CallerCredentials,
): Promise<void> {
  const name = nameOf(request);
  const by = nameOfCaller(credentials);
  const start = async (): Promise<Started> => options.plugins.operate(kind, name, by);
  const permission = kind === 'remove' ? installPermission : operatePermission;
  return write({ kind, name, permission, start }, options, request, response, credentials);
}

function upload(
  options: AdminRouterOptions,
  request: Request,
  response: Response,
  credentials: CallerCredentials,
): Promise<void> {
  const start = async (): Promise<Started> => {
    if (!options.uploadEnabled) throw uploadDisabled();
    if (Number(request.get('content-length')) > MAX_UPLOAD_BYTES) throw uploadTooLarge();
    return await options.plugins.upload(request, nameOfCaller(credentials));
  };
  return write({ kind: 'upload', permission: installPermission, start }, options, request, response, credentials);
}

/** A write; `name` if the bundle is known before it starts. */
interface Write {
  kind: Operation['kind'];
  name?: string;
  permission: BasicPermission;
  start(): Promise<Started>;
}

interface Started {
  operation: Operation;
  done: Promise<Operation>;
}

/** Performs a write for a caller with permission, and records it. */
async function write(
  { kind, name, permission, start }: Write,
  { plugins, access, audit }: AdminRouterOptions,
  request: Request,
  response: Response,
  credentials: CallerCredentials,
): Promise<void> {
  const record = await audit.write({ kind, plugin: name, caller: callerOf(credentials) }, request);
  const started = await access
    .check(permission, credentials)
    .then(start)
    .catch(async (error: Error) => {
      await audit.end(record, undefined, error);
      throw error;
    });
  const ended = started.done.then(async (result) => {
    const { error } = result;
    const fault = error && restoreError(error);
    await audit.end(record, result.id, fault);
    return { result, fault };
  });
  const soon = await Promise.race([ended, sleep(preferredWaitMs(request, response), undefined, { ref: false })]);
  if (soon?.fault) throw soon.fault;
  if (soon) {
    const { result } = soon;
    response.json({ operation: result, ...(kind !== 'remove' && { plugin: plugins.status(result.plugin) }) });
    return;
  }
  const { id } = started.operation;
  response.status(202).location(`${ADMIN_PATH}/v1/operations/${id}`).json({ operation: started.operation });
}

function answering(handler: Handler): RequestHandler {
  return (request, response, next) => {
    const credentials = response.locals.credentials as CallerCredentials;
    Promise.resolve()
      .then(() => handler(request, response, credentials))
      .catch(next);
  };
}

/** The Express path of an OpenAPI path. */
function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

/** A URL whose package name is one segment: its slash does not have to be percent-encoded. */
function withNameEncoded(url: string): string {
  return url.replace(/^(\/v1\/plugins\/(?:@|%40)[^/?#%]+)\//i, '$1%2f');
}

function nameOf({ params }: Request): string {
  return params.name!;
}
