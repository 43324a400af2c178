import type { DiscoveryApi, FetchApi } from '@backstage/frontend-plugin-api';
import { AdminError } from './AdminError';
import type { Access, ConfigKey, Operation, OperationKind, Plugin, PluginList, Sbom, Span } from './types';

/** Polling interval of a long operation, in milliseconds. */
const POLL_MS = 500;

/** Client of the admin API. Every method throws {@link AdminError} for an error of the portal. */
export class AdminClient {
  readonly #discovery: DiscoveryApi;
  readonly #fetch: FetchApi;

  constructor(discovery: DiscoveryApi, fetch: FetchApi) {
    this.#discovery = discovery;
    this.#fetch = fetch;
  }

  /** The permissions of the user, and why some are denied. */
  async access(): Promise<Access> {
    return await this.#json('/access');
  }

  async list(): Promise<PluginList> {
    return await this.#json('/plugins');
  }

  async plugin(name: string): Promise<Plugin> {
    return await this.#json(`/plugins/${name}`);
  }

  async configKeys(name: string): Promise<ConfigKey[]> {
    return (await this.#json<{ keys: ConfigKey[] }>(`/plugins/${name}/config`)).keys;
  }

  async sbom(name: string): Promise<Sbom> {
    return await this.#json(`/plugins/${name}/sbom`);
  }

  async boot(): Promise<Span> {
    return await this.#json('/boot');
  }

  /** Runs an operation on a plugin and resolves when it has succeeded. */
  async operate(kind: Exclude<OperationKind, 'upload' | 'remove'>, name: string): Promise<Operation> {
    return await this.#ended(await this.#send(`/plugins/${name}/${kind}`, { method: 'POST' }));
  }

  /** Uploads an archive; resolves when the bundle in it has taken effect. */
  async upload(archive: Blob): Promise<Operation> {
    const headers = { 'content-type': 'application/gzip' };
    return await this.#ended(await this.#send('/plugins', { method: 'POST', body: archive, headers }));
  }

  /** The stream of events after the given one, or from a `reset` with the whole list. */
  async events(after: string | undefined, signal: AbortSignal): Promise<Response> {
    return await this.#send(after === undefined ? '/events' : `/events?after=${after}`, { signal });
  }

  async #ended(response: Response): Promise<Operation> {
    let { operation } = (await response.json()) as { operation: Operation };
    while (operation.status === 'running') {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      operation = await this.#json(`/operations/${operation.id}`);
    }
    if (operation.status === 'failed') throw new AdminError(operation.error ?? {});
    return operation;
  }

  async #json<Body>(path: string): Promise<Body> {
    return (await (await this.#send(path)).json()) as Body;
  }

  async #send(path: string, init?: RequestInit): Promise<Response> {
    const base = await this.#discovery.getBaseUrl('dynamic-plugins');
    const response = await this.#fetch.fetch(`${base}/v1${path}`, init);
    if (!response.ok) throw await AdminError.of(response);
    return response;
  }
}
