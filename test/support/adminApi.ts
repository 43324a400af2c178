import addFormats from 'ajv-formats';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import type { RunningBackend } from './backend';

/** What of an OpenAPI document is read here. */
export interface OpenApi {
  servers: Array<{ url: string }>;
  paths: Record<string, Record<string, { responses: Record<string, { content: Record<string, { schema: object }> }> }>>;
  components: { schemas: Record<string, object> };
}

/** An answer of the admin API that is as its description says. */
export interface AdminAnswer<Body> {
  status: number;
  body: Body;
  headers: Headers;
}

/** What a call may come with; without a session where `token` is undefined, as the guest where it is left out. */
interface CallOptions {
  token?: string;
  body?: RequestInit['body'];
  /** Default: {@link UNTIL_DONE}. */
  prefer?: string;
}

/** Waits for the end of an operation on a busy machine too. */
export const UNTIL_DONE = 'wait=55';

/** A caller of the admin API; each answer is held against the description that the portal itself serves. */
export interface AdminApi {
  description: OpenApi;
  /** Throws for an event that is not as described. */
  eventIsDescribed(event: unknown): void;
  /** `path` is below `/v1`. */
  call<Body = never>(method: string, path: string, options?: CallOptions): Promise<AdminAnswer<Body>>;
}

/** An {@link AdminApi} of a running backend. */
export async function adminApi(backend: Pick<RunningBackend, 'url' | 'token'>): Promise<AdminApi> {
  const guest = await backend.token();
  const send = (
    method: string,
    path: string,
    token: string | undefined,
    body?: RequestInit['body'],
    prefer = UNTIL_DONE,
  ): Promise<Response> =>
    fetch(`${backend.url}/api/dynamic-plugins/v1${path}`, {
      method,
      body,
      headers: { prefer, ...(token && { authorization: `Bearer ${token}` }) },
    });
  const description = (await (await send('GET', '/openapi.json', guest)).json()) as OpenApi;
  const { answer, event } = compile(description);
  return {
    description,
    eventIsDescribed: (value) => {
      if (!event(value)) throw new Error(`${JSON.stringify(event.errors)} ${JSON.stringify(value)}`);
    },
    async call<Body>(method: string, path: string, given: CallOptions = {}) {
      const { token, body: sent, prefer } = { token: guest, ...given };
      const response = await send(method, path, token, sent, prefer);
      const body = (await response.json()) as Body;
      const where = `${method} ${path} ${response.status}`;
      const validate = answer(method.toLowerCase(), `/v1${path}`, response.status);
      if (!validate) throw new Error(`${where} is not described`);
      if (!validate(body)) throw new Error(`${where}: ${JSON.stringify(validate.errors)} ${JSON.stringify(body)}`);
      return { status: response.status, body, headers: response.headers };
    },
  };
}

/** The schemas of events, and of answers by method, path and status. */
function compile(document: OpenApi) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema(document, 'openapi');
  const answer = (method: string, path: string, status: number): ValidateFunction | undefined => {
    const template = Object.keys(document.paths).find(
      (candidate) => matches(candidate, path) && document.paths[candidate]![method]?.responses[status],
    );
    if (!template) return undefined;
    const steps = ['paths', template, method, 'responses', String(status), 'content', 'application/json', 'schema'];
    return ajv.getSchema(`openapi#/${steps.map(escapeStep).join('/')}`);
  };
  return { answer, event: ajv.getSchema('openapi#/components/schemas/Event')! };
}

/** A JSON pointer step in a URI fragment. */
function escapeStep(step: string): string {
  return encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'));
}

function matches(template: string, path: string): boolean {
  const pattern = template.replace('{name}', '(?:(?:@|%40)[^/%]+/)?[^/]+').replace(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${pattern}$`).test(path);
}
