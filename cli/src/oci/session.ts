import type { StagedoorError } from '@stagedoor/bundle';
import { isStagedoorError } from '@stagedoor/bundle';
import type { Response } from 'undici';
import { errorText } from '../text/errorText';
import { isLoopback } from '../http/dispatcher';
import { basicAuthorization, send, type HttpContext, type HttpRequest } from '../http/send';
import { parseChallenges, type Challenge } from './challenge';
import { findCredentials, type StoredCredentials } from './credentials';
import { redirectRefused, notPermitted, credentialsRequired, credentialsRefused, registryFailed } from './errors';
import type { ImageReference } from './reference';
import { fetchToken } from './token';

/** What a request to a registry is for. */
export type Purpose = 'pull' | 'push';

const ACTIONS: Record<Purpose, string> = { pull: 'pull', push: 'pull,push' };

/** What tells that the other side does not speak TLS, or not at all; a bad certificate is none of them. */
const NO_TLS = /^(EPROTO|ECONNREFUSED|ECONNRESET|UND_ERR_SOCKET|ERR_SSL_\w+)$/;

/** A request that the registry has answered with 401, and what it asks for. */
interface Challenged {
  url: URL;
  request: HttpRequest;
  purpose: Purpose;
  challenges: readonly Challenge[];
}

/** Requests to one repository: over https or, where that is allowed, http; with the credentials that are asked for. */
export class Session {
  readonly shown: string;
  readonly #host: string;
  readonly #repository: string;
  readonly #context: HttpContext;
  readonly #authorization = new Map<Purpose, string>();
  /** Whether reading was refused with the stored credentials, and permitted without. */
  #storedRefused = false;
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
   * Makes a request below `/v2/<repository>/`, or to an address that the registry gave. Throws REGISTRY_UNAUTHORIZED if
   * credentials are missing or refused, REGISTRY_FAILED where there is no answer, CREDENTIALS_UNREADABLE, CA_INVALID; any
   * other status is returned to the caller.
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
      const challenges = parseChallenges(response.headers.get('www-authenticate') ?? '');
      return await this.#sendAuthorized({ url, request, purpose, challenges });
    } catch (cause) {
      throw this.#asFault(cause);
    }
  }

  /** Whether an address belongs to the registry: credentials go nowhere else. */
  isOwn(address: string | URL): boolean {
    return this.#origin !== undefined && new URL(address).origin === this.#origin;
  }

  /**
   * Where an upload continues, of the `Location` of an answer. A registry behind a proxy that ends TLS may give its own
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
    return registryFailed(this.shown, errorText(cause), cause);
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

  /**
   * Makes a request again with what its first answer, a 401, asks for. A public image can be read by anybody, also where an
   * expired token is stored for its registry: refused credentials are reported, and left out from then on.
   */
  async #sendAuthorized(challenged: Challenged): Promise<Response> {
    const { purpose, challenges } = challenged;
    const stored = await this.#storedCredentials(purpose);
    try {
      return await this.#sendAs(stored, challenged);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (!stored) throw this.#unreadable ?? error;
      const reason = `${stored.from} were refused (${error.message.replace(/\.$/, '')}).`;
      const refused = credentialsRefused(this.shown, reason, this.#host);
      if (purpose !== 'pull' || !bearerOf(challenges)) throw refused;
      const response = await this.#sendAs(undefined, challenged).catch((fault: unknown) => {
        throw isRefusal(fault) ? refused : fault;
      });
      this.#storedRefused = true;
      this.#context.onWarning?.(`The credentials for ${this.#host} in ${reason} Continuing without them.`);
      return response;
    }
  }

  /** Makes a request with or without credentials. Throws REGISTRY_UNAUTHORIZED if the registry itself refuses that. */
  async #sendAs(
    credentials: StoredCredentials | undefined,
    { url, request, purpose, challenges }: Challenged,
  ): Promise<Response> {
    const authorization = await this.#authorize(challenges, purpose, credentials);
    const response = await this.#permitted(await this.#send(url, request, authorization));
    this.#authorization.set(purpose, authorization);
    return response;
  }

  async #authorize(
    challenges: readonly Challenge[],
    purpose: Purpose,
    credentials: StoredCredentials | undefined,
  ): Promise<string> {
    const bearer = bearerOf(challenges);
    if (bearer) {
      const scope = `repository:${this.#repository}:${ACTIONS[purpose]}`;
      return `Bearer ${await fetchToken(bearer.parameters, scope, credentials, this.#context)}`;
    }
    if (!credentials) throw credentialsRequired(this.shown);
    return basicAuthorization(credentials.user, credentials.password);
  }

  /** What is stored for this repository. Of what only reading needs, what cannot be read is a warning: it may be public. */
  async #storedCredentials(purpose: Purpose): Promise<StoredCredentials | undefined> {
    if (this.#storedRefused && purpose === 'pull') return undefined;
    try {
      return await findCredentials(this.#host, this.#repository);
    } catch (error) {
      if (purpose !== 'pull' || !isStagedoorError(error) || error.code !== 'CREDENTIALS_UNREADABLE') throw error;
      this.#unreadable = error;
      this.#context.onWarning?.(`${error.message} Continuing without credentials for ${this.#host}.`);
      return undefined;
    }
  }

  async #permitted(response: Response): Promise<Response> {
    if (response.status !== 401 && response.status !== 403) return response;
    await response.body?.cancel();
    const { status, url } = response;
    if (this.isOwn(url)) {
      throw notPermitted(this.shown, status);
    }
    const { origin } = new URL(url);
    throw redirectRefused(this.shown, origin, status, this.#host);
  }
}

/** Whether the registry, or its token server, has refused; another server that it leads to knows no credentials of ours. */
function isRefusal(error: unknown): error is StagedoorError {
  return isStagedoorError(error) && error.code === 'REGISTRY_UNAUTHORIZED' && error.details?.elsewhere === undefined;
}

function bearerOf(challenges: readonly Challenge[]): Challenge | undefined {
  return challenges.find(({ scheme }) => scheme === 'bearer');
}

function isWithoutTls(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (NO_TLS.test((at as NodeJS.ErrnoException).code ?? '')) return true;
  }
  return false;
}
