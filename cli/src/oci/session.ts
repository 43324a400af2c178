import { StagedoorError, isStagedoorError } from '@stagedoor/bundle';
import type { Response } from 'undici';
import { errorText } from '../text/errorText';
import { isLoopback } from '../http/dispatcher';
import { basicAuthorization, send, type HttpContext, type HttpRequest } from '../http/send';
import { parseChallenges } from './challenge';
import { findCredentials } from './credentials';
import type { ImageReference } from './reference';
import { fetchToken } from './token';

/** What a request to a registry is for. */
export type Purpose = 'pull' | 'push';

const ACTIONS: Record<Purpose, string> = { pull: 'pull', push: 'pull,push' };

/** What tells that the other side does not speak TLS, or not at all; a bad certificate is none of them. */
const NO_TLS = /^(EPROTO|ECONNREFUSED|ECONNRESET|UND_ERR_SOCKET|ERR_SSL_\w+)$/;

/** Requests to one repository: over https or, where that is allowed, http; with the credentials that are asked for. */
export class Session {
  readonly shown: string;
  readonly #host: string;
  readonly #repository: string;
  readonly #context: HttpContext;
  readonly #authorization = new Map<Purpose, string>();
  #base?: Promise<URL>;
  #origin?: string;

  constructor({ host, repository }: Pick<ImageReference, 'host' | 'repository'>, context: HttpContext) {
    this.#host = host;
    this.#repository = repository;
    this.#context = context;
    this.shown = `${host}/${repository}`;
  }

  /**
   * Makes a request below `/v2/<repository>/`, or to an address that the registry gave. Throws REGISTRY_UNAUTHORIZED where
   * credentials are missing or refused, REGISTRY_FAILED where nobody answers, CREDENTIALS_UNREADABLE, CA_INVALID; any
   * other status is the caller's to judge.
   */
  async request(target: string | URL, purpose: Purpose, request: HttpRequest = {}): Promise<Response> {
    try {
      this.#base ??= this.#findBase();
      const base = await this.#base;
      this.#origin = base.origin;
      const url = new URL(target, base);
      const own = this.isOwn(url);
      const response = await this.#send(url, request, own ? this.#authorization.get(purpose) : undefined);
      // What the registry redirects to may ask for credentials, and gets none: they are for the registry.
      if (response.status !== 401 || !this.isOwn(response.url)) return await this.#permitted(response);
      await response.body?.cancel();
      const authorization = await this.#authorize(response, purpose);
      this.#authorization.set(purpose, authorization);
      return await this.#permitted(await this.#send(url, request, authorization));
    } catch (cause) {
      throw this.#asFault(cause);
    }
  }

  /** Whether an address belongs to the registry: credentials go nowhere else. */
  isOwn(address: string | URL): boolean {
    return this.#origin !== undefined && new URL(address).origin === this.#origin;
  }

  /** Faults of the network in words; anything coded, and the reason of the signal, as it is. */
  #asFault(cause: unknown): unknown {
    if (this.#context.signal?.aborted) return this.#context.signal.reason;
    if (isStagedoorError(cause)) return cause;
    return new StagedoorError('REGISTRY_FAILED', `${this.shown}: ${errorText(cause)}.`, { cause });
  }

  /** A loopback or insecure registry may speak plain http, and nothing tells but trying. */
  async #findBase(): Promise<URL> {
    // Docker Hub's registry has another name than its images.
    const host = this.#host === 'docker.io' ? 'registry-1.docker.io' : this.#host;
    const secure = new URL(`https://${host}/v2/${this.#repository}/`);
    if (!this.#context.insecure && !isLoopback(secure.hostname)) return secure;
    try {
      const response = await send(new URL('/v2/', secure), { retry: false }, this.#context);
      await response.body?.cancel();
      return secure;
    } catch (error) {
      if (!isWithoutTls(error)) throw error;
      return new URL(`http://${host}/v2/${this.#repository}/`);
    }
  }

  async #send(url: URL, request: HttpRequest, authorization: string | undefined): Promise<Response> {
    const headers = { ...request.headers, ...(authorization !== undefined && { authorization }) };
    return await send(url, { ...request, headers }, this.#context);
  }

  async #authorize(response: Response, purpose: Purpose): Promise<string> {
    const challenges = parseChallenges(response.headers.get('www-authenticate') ?? '');
    const credentials = await findCredentials(this.#host, this.#repository);
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer) {
      const scope = `repository:${this.#repository}:${ACTIONS[purpose]}`;
      return `Bearer ${await fetchToken(bearer.parameters, scope, credentials, this.#context)}`;
    }
    if (!credentials) throw new StagedoorError('REGISTRY_UNAUTHORIZED', `${this.shown} wants credentials.`);
    return basicAuthorization(credentials.user, credentials.password);
  }

  async #permitted(response: Response): Promise<Response> {
    if (response.status !== 401 && response.status !== 403) return response;
    await response.body?.cancel();
    const { status, url } = response;
    if (this.isOwn(url))
      throw new StagedoorError('REGISTRY_UNAUTHORIZED', `${this.shown} answers ${status}: not permitted.`);
    const { origin } = new URL(url);
    throw new StagedoorError('REGISTRY_UNAUTHORIZED', `${this.shown} leads to ${origin}, which answers ${status}.`, {
      hint: `Credentials go to ${this.#host} only, not to other servers that it leads to. Ask who runs that registry.`,
    });
  }
}

function isWithoutTls(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (NO_TLS.test((at as NodeJS.ErrnoException).code ?? '')) return true;
  }
  return false;
}
