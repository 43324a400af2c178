import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Session } from '../../../cli/src/oci/session';
import { describe as describeContent, uploadBlob, type Content } from '../../../cli/src/oci/upload';
import { startContainerRegistry, type ContainerRegistry } from '../../support/containerRegistry';
import { startCuttingProxy } from '../../support/cuttingProxy';
import { startRegistryFront, type Intercept, type RegistryFront } from '../../support/registryFront';
import { tempDir } from '../../support/tempDir';

const MB = 1024 * 1024;

let registry: ContainerRegistry;
beforeAll(async () => {
  registry = await startContainerRegistry();
});
afterAll(() => registry.stop());

/** Uploads fresh content by way of `host`, and makes sure that the registry has just that; gives what was told of bytes. */
async function upload(
  host: string,
  size: number,
  from: (content: Buffer) => Promise<Content> = (it) => Promise.resolve(it),
) {
  const content = randomBytes(size);
  const descriptor = describeContent(content, 'application/octet-stream');
  const told: number[] = [];
  const session = new Session({ host, repository: 'acme/large' }, {});
  const sent = await uploadBlob(session, descriptor, await from(content), { onBytes: (done) => void told.push(done) });
  expect(sent).toBe(true);
  expect(await uploadBlob(session, descriptor, content, {})).toBe(false);
  const there = await fetch(`http://${registry.host}/v2/acme/large/blobs/${descriptor.digest}`);
  expect(Buffer.from(await there.arrayBuffer()).equals(content)).toBe(true);
  return { told };
}

/** How often each method was asked for an upload. */
function methods({ requests }: RegistryFront): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const request of requests.filter((one) => one.includes('/blobs/uploads/'))) {
    const method = request.split(' ')[0]!;
    counts[method] = (counts[method] ?? 0) + 1;
  }
  return counts;
}

/** Runs `act` on one PATCH, the one with number `which`, and leaves everything else to the registry. */
function onPatch(which: number, act: Intercept): Intercept {
  let seen = 0;
  return (request, response) => request.method === 'PATCH' && ++seen === which && act(request, response);
}

/**
 * Stands for a registry that keeps what it got of a part when the connection breaks, as newer ones than Debian's do: what
 * comes of the second part is put there as one that is shorter, and the upload asked about is then the one after it.
 */
function keepingHalfOfAPart(): Intercept {
  let next: string | undefined;
  const half = onPatch(2, (request) => {
    const [start = ''] = request.headers['content-range']!.split('-');
    void firstBytes(request, 3 * MB).then(async (body) => {
      const headers = { ...plainHeaders(request), 'content-range': `${start}-${Number(start) + body.length - 1}` };
      const answer = await fetch(`http://${registry.host}${request.url}`, { method: 'PATCH', headers, body });
      next = new URL(answer.headers.get('location')!).pathname + new URL(answer.headers.get('location')!).search;
      request.socket.destroy();
    });
    return true;
  });
  return (request, response) => {
    if (request.method === 'GET' && next !== undefined) request.url = next;
    return half(request, response);
  };
}

function plainHeaders({ headers }: IncomingMessage): Record<string, string> {
  return { 'content-type': headers['content-type']! };
}

/** The beginning of a body; the connection stays, and the rest is lost. */
async function firstBytes(request: IncomingMessage, count: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await new Promise<void>((enough) => {
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (chunks.reduce((sum, { length }) => sum + length, 0) >= count) enough();
    });
  });
  return Buffer.concat(chunks).subarray(0, count);
}

/** Refuses to take anything large at once, so that it goes in parts. */
function inParts(further: Intercept = () => false): Intercept {
  return (request, response) => {
    if (request.method !== 'PUT' || Number(request.headers['content-length'] ?? 0) < 5 * MB) {
      return further(request, response);
    }
    request.resume().on('end', () => response.writeHead(413).end());
    return true;
  };
}

test.each<[string, ((content: Buffer) => Promise<Content>) | undefined]>([
  ['memory', undefined],
  [
    'a file',
    async (content) => {
      const file = join(await tempDir(), 'content');
      await writeFile(file, content);
      return { file };
    },
  ],
])('Large content goes in one request, from %s', async (_, from) => {
  const front = await startRegistryFront(registry.host);
  const { told } = await upload(front.host, 20 * MB, from);
  expect(told).toHaveLength(80);
  expect(told.at(-1)).toBe(20 * MB);
  expect(methods(front)).toEqual({ POST: 1, PUT: 1 });
});

test('Content that is refused as too large goes in parts', async () => {
  const front = await startRegistryFront(registry.host, { intercept: inParts() });
  const { told } = await upload(front.host, 20 * MB);
  expect(told.slice(-5)).toEqual([4 * MB, 8 * MB, 12 * MB, 16 * MB, 20 * MB]);
  expect(methods(front)).toEqual({ POST: 2, PATCH: 5, PUT: 2 });
});

test('Content goes in parts where a server closes the connection on large requests without an answer', async () => {
  const front = await startRegistryFront(registry.host, {
    intercept: ({ method, headers, socket }) => {
      const refused = method === 'PUT' && Number(headers['content-length'] ?? 0) > 5 * MB;
      if (refused) socket.destroy();
      return refused;
    },
  });
  await upload(front.host, 9 * MB);
  expect(methods(front)).toMatchObject({ POST: 3, PATCH: 3, PUT: 3 });
});

test('A request of which the registry kept the beginning is followed by the rest', async () => {
  let kept: string | undefined;
  const intercept: Intercept = (request) => {
    if (request.method === 'GET' && kept !== undefined) request.url = kept;
    if (request.method !== 'PUT' || kept !== undefined) return false;
    // As newer registries than Debian's do: what came before the connection broke is there.
    const [path = ''] = request.url!.split('&digest=');
    void firstBytes(request, 3 * MB).then(async (body) => {
      const headers = { 'content-type': 'application/octet-stream', 'content-range': `0-${body.length - 1}` };
      const answer = await fetch(`http://${registry.host}${path}`, { method: 'PATCH', headers, body });
      const location = new URL(answer.headers.get('location')!);
      kept = location.pathname + location.search;
      request.socket.destroy();
    });
    return true;
  };
  const front = await startRegistryFront(registry.host, { intercept });
  const { told } = await upload(front.host, 9 * MB);
  expect(told.slice(-2)).toEqual([7 * MB, 9 * MB]);
  expect(methods(front)).toEqual({ POST: 1, PUT: 2, GET: 1, PATCH: 2 });
});

test('Parts go on where the registry is after the connection broke', async () => {
  const broken = onPatch(2, (request) => {
    request.socket.destroy();
    return true;
  });
  const front = await startRegistryFront(registry.host, { intercept: inParts(broken) });
  await upload(front.host, 12 * MB);
  expect(methods(front)).toEqual({ POST: 2, PATCH: 4, GET: 1, PUT: 2 });
});

test('Parts go on in the middle of one where the registry kept that', async () => {
  const front = await startRegistryFront(registry.host, { intercept: inParts(keepingHalfOfAPart()) });
  const { told } = await upload(front.host, 12 * MB);
  expect(told.slice(-3)).toEqual([4 * MB, 11 * MB, 12 * MB]);
  expect(methods(front)).toEqual({ POST: 2, PATCH: 4, GET: 1, PUT: 2 });
});

test('The registry is asked how far it is when it says that a part is out of place', async () => {
  const misplaced = onPatch(3, (request, response) => {
    request.resume().on('end', () => response.writeHead(416).end());
    return true;
  });
  const front = await startRegistryFront(registry.host, { intercept: inParts(misplaced) });
  await upload(front.host, 12 * MB);
  expect(methods(front)).toMatchObject({ GET: 1 });
});

test('An upload begins anew where the registry lost what it had, as often as connections break', async () => {
  // Debian's registry forgets an upload of which a part was broken off, but not always.
  const intercept: Intercept = ({ method }, response) => {
    if (method !== 'GET') return false;
    response.writeHead(404).end();
    return true;
  };
  const front = await startRegistryFront(registry.host, { intercept });
  const proxy = await startCuttingProxy(front.host, [12 * MB, 4 * MB, 17 * MB]);
  await upload(proxy.host, 20 * MB);
  expect(proxy.cuts()).toBe(3);
  expect(methods(front)).toMatchObject({ POST: 4 });
});

test('Content is not sent again when only the last answer was lost', async () => {
  let lost = false;
  const front = await startRegistryFront(registry.host, {
    breakAfter: (request) => {
      if (request.method !== 'PUT' || lost) return undefined;
      lost = true;
      return 0;
    },
  });
  await upload(front.host, 9 * MB);
  expect(methods(front)).toMatchObject({ POST: 1, PUT: 1 });
});

test('An upload is given up where nothing comes through', async () => {
  const front = await startRegistryFront(registry.host, {
    intercept: ({ method, socket }) => {
      const body = method === 'PATCH' || method === 'PUT';
      if (body) socket.destroy();
      return body;
    },
  });
  await expect(upload(front.host, 9 * MB)).rejects.toMatchObject({ code: 'REGISTRY_FAILED' });
  expect(methods(front)).toMatchObject({ POST: 6, PUT: 2, PATCH: 4 });
});

test('A registry that asks for patience during an upload gets it', async () => {
  let asked = 0;
  const front = await startRegistryFront(registry.host, {
    intercept: (request, response) => {
      if (request.method !== 'PUT' || asked++ > 0) return false;
      request.resume().on('end', () => response.writeHead(429, { 'retry-after': '1' }).end());
      return true;
    },
  });
  const before = performance.now();
  await upload(front.host, MB);
  expect(performance.now() - before).toBeGreaterThan(1000);
});
