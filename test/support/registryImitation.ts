import { createHash, randomUUID } from 'node:crypto';
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * What public registries are documented or reported to answer, where they differ from the distribution specification or
 * from each other. Sources: the registries' issue trackers and manuals, as summed up in `docs/reference/registries.md`.
 */
export interface RegistryHabits {
  /** Most bytes of a PATCH; more is answered with 416 (GHCR: 4 MiB). */
  largestPart?: number;
  /** Most bytes of any request; more is answered with 413 as soon as the headers are there, and the connection closes (nginx). */
  largestRequest?: number;
  /** A PATCH is answered with 201, and those after the first are dropped (ECR). */
  keepsFirstPart?: boolean;
  /** No PATCH at all (Artifactory remote repositories, some caches). */
  noParts?: boolean;
  /** How the `Location` of an upload is written: relative, absolute, or as the address behind the proxy that ends TLS. */
  location?: 'relative' | 'absolute' | 'behind proxy';
  /** Manifests with `subject` or an empty config are answered with 400 MANIFEST_INVALID (older Quay). */
  noArtifacts?: boolean;
  /** Repositories that exist; pushes to others are answered with 404 NAME_UNKNOWN (ECR). */
  repositories?: string[];
  /** How often a request for a manifest is answered with 429 before the first answer (Docker Hub). */
  rateLimited?: number;
  /** Blobs are redirected to a storage service that refuses requests with `authorization` (S3). */
  storage?: boolean;
  /** Who may read and write: a token for anybody reads, the user writes; wrong credentials get the status at the token server. */
  users?: { name: string; password: string; refusedWith: 401 | 403 };
}

/** A registry in memory. */
export interface RegistryImitation {
  /** `127.0.0.1:<port>`. */
  host: string;
  /** `METHOD path status bytes`, in order. */
  requests: string[];
}

interface Upload {
  data: Buffer;
  parts: number;
}

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Starts a registry with the given habits until the running test ends; with `tls` over https. */
export async function startRegistryImitation(
  habits: RegistryHabits = {},
  tls?: { cert: string; key: string },
): Promise<RegistryImitation> {
  const requests: string[] = [];
  const storage = habits.storage ? new Map<string, Buffer>() : undefined;
  const storageHost = storage && (await listen(createHttpServer(storageListener(storage))));
  const listener = registryListener(habits, { requests, storage, storageHost, secure: tls !== undefined });
  const host = await listen(tls ? createHttpsServer(tls, listener) : createHttpServer(listener));
  return { host, requests };
}

async function listen(server: ReturnType<typeof createHttpServer>): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A storage service with one way to authenticate, which is in the address. */
function storageListener(blobs: ReadonlyMap<string, Buffer>): RequestListener {
  return (request, response) => {
    if (request.headers.authorization !== undefined) return void response.writeHead(400).end('<Error/>');
    const blob = blobs.get(new URL(request.url!, 'http://x').pathname.slice(1));
    response.writeHead(blob ? 200 : 404).end(blob);
  };
}

interface World {
  requests: string[];
  storage: Map<string, Buffer> | undefined;
  storageHost: string | undefined;
  secure: boolean;
}

function registryListener(habits: RegistryHabits, { requests, storage, storageHost, secure }: World): RequestListener {
  const blobs = storage ?? new Map<string, Buffer>();
  const manifests = new Map<string, { body: Buffer; type: string }>();
  const uploads = new Map<string, Upload>();
  let limited = habits.rateLimited ?? 0;

  return (request, response) => {
    const { method = '', url = '' } = request;
    const { pathname, searchParams } = new URL(url, 'http://x');
    const answer = (status: number, headers: Record<string, string> = {}, body: Buffer | string = ''): void => {
      requests.push(`${method} ${pathname} ${status} ${request.headers['content-length'] ?? 0}`);
      response.writeHead(status, headers).end(method === 'HEAD' ? undefined : body);
    };
    const fault = (status: number, code: string, headers: Record<string, string> = {}): void =>
      answer(status, { 'content-type': 'application/json', ...headers }, JSON.stringify({ errors: [{ code }] }));

    if (Number(request.headers['content-length'] ?? 0) > (habits.largestRequest ?? Infinity)) {
      fault(413, 'TOO_LARGE', { connection: 'close' });
      response.once('finish', () => request.socket.destroySoon());
      return;
    }
    void read(request).then((body) => {
      if (pathname === '/token') return token(request, searchParams, habits, answer);
      if (pathname === '/v2/') return answer(200);
      const [, repository = '', kind = '', rest = ''] =
        /^\/v2\/(.+)\/(blobs\/uploads|blobs|manifests|referrers)\/(.*)$/.exec(pathname) ?? [];
      const challenge = challengeOf(request, repository, habits);
      if (challenge !== undefined) return fault(401, 'UNAUTHORIZED', { 'www-authenticate': challenge });
      if (kind === 'blobs/uploads') {
        if (habits.repositories && !habits.repositories.includes(repository)) return fault(404, 'NAME_UNKNOWN');
        return upload(request, body, { repository, id: rest, digest: searchParams.get('digest') });
      }
      if (kind === 'blobs') {
        const blob = blobs.get(rest);
        if (!blob) return fault(404, 'BLOB_UNKNOWN');
        if (storageHost !== undefined && method === 'GET') {
          return answer(307, { location: `http://${storageHost}/${rest}?X-Amz-Signature=x` });
        }
        return answer(200, { 'content-length': String(blob.length) }, blob);
      }
      if (kind !== 'manifests') return fault(404, 'UNSUPPORTED');
      if (method === 'PUT') return putManifest(request, rest, body);
      if (limited-- > 0) return fault(429, 'TOOMANYREQUESTS', { 'retry-after': '1' });
      const manifest = manifests.get(rest);
      if (!manifest) return fault(404, 'MANIFEST_UNKNOWN');
      answer(200, { 'content-type': manifest.type, 'docker-content-digest': digestOf(manifest.body) }, manifest.body);
    });

    function upload(
      { headers }: IncomingMessage,
      body: Buffer,
      { repository, id, digest }: { repository: string; id: string; digest: string | null },
    ): void {
      if (method === 'POST') {
        const fresh = randomUUID();
        uploads.set(fresh, { data: Buffer.alloc(0), parts: 0 });
        return answer(202, { location: locationOf(headers.host!, repository, fresh) });
      }
      const current = uploads.get(id);
      if (!current) return fault(404, 'BLOB_UPLOAD_UNKNOWN');
      const location = locationOf(headers.host!, repository, id);
      const range = (): string => `0-${Math.max(0, current.data.length - 1)}`;
      if (method === 'GET') return answer(204, { location, range: range() });
      if (method === 'PATCH') {
        if (habits.noParts) return fault(405, 'UNSUPPORTED');
        if (body.length > (habits.largestPart ?? Infinity))
          return fault(416, 'SIZE_INVALID', { location, range: range() });
        if (!habits.keepsFirstPart || current.parts++ === 0) current.data = Buffer.concat([current.data, body]);
        return answer(habits.keepsFirstPart ? 201 : 202, { location, range: range() });
      }
      const data = Buffer.concat([current.data, body]);
      uploads.delete(id);
      if (digestOf(data) !== digest) return fault(400, 'DIGEST_INVALID');
      blobs.set(digest, data);
      answer(201, { location: `/v2/${repository}/blobs/${digest}` });
    }

    function locationOf(hostHeader: string, repository: string, id: string): string {
      const path = `/v2/${repository}/blobs/uploads/${id}?_state=s%2Fx`;
      if (habits.location === 'behind proxy') return `http://artifactory.internal:8081${path}`;
      return habits.location === 'absolute' ? `${secure ? 'https' : 'http'}://${hostHeader}${path}` : path;
    }

    function putManifest({ headers }: IncomingMessage, reference: string, body: Buffer): void {
      const content = JSON.parse(body.toString()) as { subject?: unknown; config?: { mediaType?: string } };
      const artifact = content.subject ?? content.config?.mediaType === 'application/vnd.oci.empty.v1+json';
      if (habits.noArtifacts && artifact) return fault(400, 'MANIFEST_INVALID');
      const digest = digestOf(body);
      for (const name of [reference, digest]) manifests.set(name, { body, type: headers['content-type']! });
      answer(201, { 'docker-content-digest': digest });
    }
  };
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

type Answer = (status: number, headers?: Record<string, string>, body?: string) => void;

/** A token server: anybody may read, the user write, and wrong credentials get nothing at all. */
function token(request: IncomingMessage, fields: URLSearchParams, { users }: RegistryHabits, answer: Answer): void {
  const { authorization } = request.headers;
  const right = users && `Basic ${Buffer.from(`${users.name}:${users.password}`).toString('base64')}`;
  if (authorization !== undefined && authorization !== right) return answer(users?.refusedWith ?? 401);
  const may = authorization === undefined ? 'pull' : (fields.get('scope') ?? '').split(':').at(-1)!;
  answer(200, { 'content-type': 'application/json' }, JSON.stringify({ token: may }));
}

/** What a request is challenged with; undefined where it may go on. */
function challengeOf(request: IncomingMessage, repository: string, { users }: RegistryHabits): string | undefined {
  if (!users) return undefined;
  const action = ['GET', 'HEAD'].includes(request.method!) ? 'pull' : 'push';
  const allowed = (request.headers.authorization ?? '').replace('Bearer ', '').split(',');
  if (allowed.includes(action)) return undefined;
  const scope = `repository:${repository}:${action === 'pull' ? 'pull' : 'pull,push'}`;
  return `Bearer realm="http://${request.headers.host}/token",service="registry",scope="${scope}"`;
}
