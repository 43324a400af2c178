import { StagedoorError, isStagedoorError } from '@stagedoor/bundle';
import type { Response } from 'undici';
import { errorText } from '../text/errorText';
import { isLoopback } from '../http/dispatcher';
import { basicAuthorization, send, type HttpContext, type HttpRequest } from '../http/send';
import { parseChallenges, type Challenge } from './challenge';
import { findCredentials, type StoredCredentials } from './credentials';
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
  /** Why stored credentials were not used, once that is known. */
  #refused?: string;
  /** Why what is stored could not be read, where something was to be read with it. */
  #unreadable?: StagedoorError;
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
      return await this.#sendAuthorized(url, request, purpose, response);
    } catch (cause) {
      throw this.#asFault(cause);
    }
  }

  /** Whether an address belongs to the registry: credentials go nowhere else. */
  isOwn(address: string | URL): boolean {
    return this.#origin !== undefined && new URL(address).origin === this.#origin;
  }

  /**
   * Where an upload goes on, of the `Location` of an answer. A registry behind a proxy that ends TLS may give its own
   * address, which speaks plain http: content goes to where the registry was reached then.
   */
  onward(location: string, { url }: Pick<Response, 'url'>): URL {
    const onward = new URL(location, url);
    const own = new URL(this.#origin!);
    if (own.protocol !== 'https:' || onward.protocol !== 'http:') return onward;
    return new URL(`${onward.pathname}${onward.search}`, own);
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

  /** Makes a request again with what its first answer, a 401, asks for. */
  async #sendAuthorized(url: URL, request: HttpRequest, purpose: Purpose, challenged: Response): Promise<Response> {
    const challenges = parseChallenges(challenged.headers.get('www-authenticate') ?? '');
    const stored = await this.#storedCredentials(purpose);
    const authorization = await this.#authorize(challenges, purpose, stored);
    const response = await this.#send(url, request, authorization);
    if (stored && isRefusal(response) && this.#mayGoWithout(purpose, challenges)) {
      await response.body?.cancel();
      const status = response.status;
      const anonymous = await this.#anonymous(challenges, purpose, `${this.#host} answers ${status}`, stored).catch(
        () => undefined,
      );
      if (anonymous === undefined) throw this.#credentialsRefused(stored, `${this.shown} answers ${status}`);
      this.#authorization.set(purpose, anonymous);
      return await this.#permitted(await this.#send(url, request, anonymous));
    }
    this.#authorization.set(purpose, authorization);
    return await this.#permitted(response, stored);
  }

  async #authorize(
    challenges: readonly Challenge[],
    purpose: Purpose,
    stored: StoredCredentials | undefined,
  ): Promise<string> {
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (!bearer) {
      if (!stored) {
        throw this.#unreadable ?? new StagedoorError('REGISTRY_UNAUTHORIZED', `${this.shown} requires credentials.`);
      }
      return basicAuthorization(stored.user, stored.password);
    }
    try {
      return `Bearer ${await fetchToken(bearer.parameters, this.#scope(purpose), stored, this.#context)}`;
    } catch (error) {
      if (!isStagedoorError(error) || error.code !== 'REGISTRY_UNAUTHORIZED') throw error;
      if (!stored) throw this.#unreadable ?? error;
      if (!this.#mayGoWithout(purpose, challenges)) throw this.#credentialsRefused(stored, error.message);
      return await this.#anonymous(challenges, purpose, error.message, stored).catch(() => {
        throw this.#credentialsRefused(stored, error.message);
      });
    }
  }

  /** What is stored for this repository. Of what only reading needs, what cannot be read is a warning: it may be public. */
  async #storedCredentials(purpose: Purpose): Promise<StoredCredentials | undefined> {
    if (this.#refused !== undefined && purpose === 'pull') return undefined;
    try {
      return await findCredentials(this.#host, this.#repository);
    } catch (error) {
      if (purpose !== 'pull' || !isStagedoorError(error) || error.code !== 'CREDENTIALS_UNREADABLE') throw error;
      this.#unreadable = error;
      this.#context.onWarning?.(`${error.message} Continuing without credentials for ${this.#host}.`);
      return undefined;
    }
  }

  /** A public image can be read by anybody, also where an expired token is stored for its registry. */
  #mayGoWithout(purpose: Purpose, challenges: readonly Challenge[]): boolean {
    return purpose === 'pull' && challenges.some(({ scheme }) => scheme === 'bearer');
  }

  /** A token for anybody, in place of stored credentials that were refused for the reason `why`. */
  async #anonymous(
    challenges: readonly Challenge[],
    purpose: Purpose,
    why: string,
    { from }: StoredCredentials,
  ): Promise<string> {
    const { parameters } = challenges.find(({ scheme }) => scheme === 'bearer')!;
    const token = await fetchToken(parameters, this.#scope(purpose), undefined, this.#context);
    this.#refused = why;
    const reason = why.replace(/\.$/, '');
    this.#context.onWarning?.(
      `The credentials for ${this.#host} in ${from} were refused (${reason}). Continuing without them.`,
    );
    return `Bearer ${token}`;
  }

  #scope(purpose: Purpose): string {
    return `repository:${this.#repository}:${ACTIONS[purpose]}`;
  }

  #credentialsRefused({ from }: StoredCredentials, why: string): StagedoorError {
    const reason = why.replace(/\.$/, '');
    return new StagedoorError(
      'REGISTRY_UNAUTHORIZED',
      `${this.shown}: the credentials in ${from} were refused (${reason}).`,
      { hint: `Log in again, for example with \`docker login ${this.#host}\`, or check what the account may do.` },
    );
  }

  async #permitted(response: Response, stored?: StoredCredentials): Promise<Response> {
    if (!isRefusal(response)) return response;
    await response.body?.cancel();
    const { status, url } = response;
    if (this.isOwn(url)) {
      if (stored) throw this.#credentialsRefused(stored, `${this.shown} answers ${status}`);
      if (this.#unreadable) throw this.#unreadable;
      throw new StagedoorError('REGISTRY_UNAUTHORIZED', `${this.shown} answers ${status}: not permitted.`);
    }
    const { origin } = new URL(url);
    throw new StagedoorError('REGISTRY_UNAUTHORIZED', `${this.shown} leads to ${origin}, which answers ${status}.`, {
      hint: `Credentials go to ${this.#host} only, not to other servers that it leads to. Ask who runs that registry.`,
    });
  }
}

function isRefusal({ status }: Response): boolean {
  return status === 401 || status === 403;
}

function isWithoutTls(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (NO_TLS.test((at as NodeJS.ErrnoException).code ?? '')) return true;
  }
  return false;
}
