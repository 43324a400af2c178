import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { RunningBackend } from '../../support/backend';
import { startIsolating } from '../../support/faulty';
import { drop } from '../../support/greeter';
import { rawRequest, type RawResponse } from '../../support/rawRequest';

const OVERHEARS = 'overhears-dynamic';

interface Overheard extends RunningBackend {
  port: number;
  /** A request as the guest user. */
  asGuest(path: string, init?: RequestInit): Promise<Response>;
  /** What reached the process, however it was answered. */
  seen(): Promise<Array<{ method: string; url: string; authorization: string | null }>>;
}

/** A portal with a plugin in a process of its own that sees what reaches the process before any session check there. */
async function start(dynamicPlugins: Record<string, unknown> = {}): Promise<Overheard> {
  const backend = await startIsolating({ dynamicPlugins });
  await drop(backend, 'overhears');
  await backend.until(OVERHEARS, 'running');
  const asGuest = async (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(backend.url + path, {
      ...init,
      headers: { authorization: `Bearer ${await backend.token()}`, ...init.headers },
    });
  const seen: Overheard['seen'] = async () => {
    const all = (await (await asGuest('/api/overhears/seen')).json()) as Awaited<ReturnType<Overheard['seen']>>;
    return all.filter(({ url }) => !url.startsWith('/api/overhears/seen'));
  };
  return { ...backend, port: Number(new URL(backend.url).port), asGuest, seen };
}

describe('a process that runs a plugin', () => {
  test('is reached by nobody without a session, apart from what the plugin opened', async () => {
    const backend = await start();
    const status = async (path: string, init?: RequestInit): Promise<number> =>
      (await fetch(`${backend.url}/api/overhears${path}`, init)).status;
    const closed = [
      await status('/private'),
      await status('/private', { method: 'POST', body: 'x' }),
      await status('/raw?bytes=SFRUUC8xLjEgMjAwIE9LDQoNCg=='),
      await status('/private', { headers: { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' } }),
      await status('/openly'),
    ];
    expect(closed).toEqual([401, 401, 401, 401, 401]);
    expect((await backend.asGuest('/api/overhears/private')).status).toBe(200);
    expect(await status('/open/deep')).toBe(200);
    expect((await backend.seen()).map(({ url }) => url)).toEqual([
      '/api/overhears/private',
      '/api/overhears/open/deep',
    ]);
  });

  test('offers the keys of its tokens to everybody, as every plugin does', async () => {
    const backend = await start();
    const keys = await fetch(`${backend.url}/api/overhears/.backstage/auth/v1/jwks.json`);
    expect([keys.status, await keys.json()]).toEqual([200, { keys: expect.any(Array) }]);
  });

  test('opens paths later as well, where policy lets it', async () => {
    const backend = await start({ auth: { unauthenticated: 'listed', open: { overhears: ['/open', '/later'] } } });
    const status = async (path: string): Promise<number> => (await fetch(`${backend.url}/api/overhears${path}`)).status;
    expect([await status('/later'), await status('/other')]).toEqual([401, 401]);
    await backend.asGuest('/api/overhears/opens?path=/other');
    await backend.asGuest('/api/overhears/opens?path=/later');
    await expect.poll(() => status('/later/deep')).toBe(200);
    expect(await status('/other')).toBe(401);
    const { openedRoutes, refusedRoutes } = (await backend.until(OVERHEARS, 'running'))!;
    expect(openedRoutes.map(({ path }) => path)).toEqual(['/open', '/later']);
    expect(refusedRoutes!.map(({ path }) => path)).toEqual(['/other']);
  });
});

describe('a request that hides another one', () => {
  const inner = 'GET /api/overhears/private HTTP/1.1\r\nHost: x\r\nX-Who: attacker\r\n\r\n';

  test('in its body stays one request', async () => {
    const backend = await start();
    const methods = ['GET', 'DELETE', 'OPTIONS', 'HEAD', 'POST', 'PUT'];
    const lists = ['content-length, close', 'Content-Length', 'transfer-encoding, host', 'keep-alive'];
    for (const method of methods) {
      for (const connection of lists) {
        const headers = { connection, 'content-length': String(inner.length) };
        const target = '/api/overhears/open/outer';
        await rawRequest(backend.port, { method, target, headers, body: inner, timeoutMs: 200 });
        const victim = await backend.asGuest('/api/overhears/victim', { method: 'POST', body: 'mine' });
        expect(await victim.json()).toEqual({ path: '/victim', body: 'mine' });
      }
    }
    const urls = (await backend.seen()).map(({ url }) => url);
    const pairs = methods.length * lists.length;
    expect(urls).toEqual(Array(pairs).fill(['/api/overhears/open/outer', '/api/overhears/victim']).flat());
  });

  test('cannot drop the session of a user, or speak for the portal', async () => {
    const backend = await start();
    const authorization = `Bearer ${await backend.token()}`;
    const send = (headers: Record<string, string>): Promise<RawResponse> =>
      rawRequest(backend.port, { target: '/api/overhears/open/x', headers: { ...headers, authorization } });
    expect((await send({ connection: 'authorization, close' })).status).toBe(200);
    for (const value of ['{', '{"address":"1.2.3.4"}', '']) {
      expect((await send({ 'X-Stagedoor-Client': value, connection: 'x-stagedoor-client, close' })).status).toBe(200);
    }
    expect((await backend.seen()).map((request) => request.authorization)).toEqual(Array(4).fill(authorization));
    expect(await backend.until(OVERHEARS, 'running')).toMatchObject({ process: { restarts: 0 } });
  });
});

describe('an answer that is no HTTP, or more than one', () => {
  /** What a user gets who has the process say these bytes. */
  const said = async (backend: Overheard, bytes: string, later = ''): Promise<Response> => {
    const encoded = [bytes, later].map((text) => encodeURIComponent(Buffer.from(text, 'latin1').toString('base64')));
    return backend.asGuest(`/api/overhears/raw?bytes=${encoded[0]}&later=${encoded[1]}`);
  };
  const ok = (body: string, more = ''): string =>
    `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`;

  test.each([
    ['the status 000', 'HTTP/1.1 000 Nothing\r\nContent-Length: 0\r\n\r\n', 502],
    ['an upgrade', 'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n', 502],
    ['no HTTP at all', 'hello\r\n\r\n', 502],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 502],
    ['control characters in a header', 'HTTP/1.1 200 OK\r\nX-A: a\x01b\r\nContent-Length: 0\r\n\r\n', 502],
    ['control characters in its reason', 'HTTP/1.1 200 O\x01K\r\nContent-Length: 0\r\n\r\n', 200],
    ['trailers without chunks', ok('x', 'Trailer: X-End\r\n'), 200],
  ])('such as %s is told as one, and harms nobody else', async (_what, bytes, status) => {
    const backend = await start();
    const answer = await said(backend, bytes);
    expect(answer.status).toBe(status);
    if (status === 502) expect(await answer.json()).toMatchObject({ error: { code: 'ANSWER_INVALID' } });
    expect(await (await backend.asGuest('/api/overhears/next')).json()).toEqual({ path: '/next', body: '' });
  });

  test('never reaches who asks next on the same connection', async () => {
    const backend = await start();
    for (let turn = 0; turn < 10; turn++) {
      await (await said(backend, ok('first') + ok('stray'))).text();
      await (await said(backend, ok('first'), ok('stray'))).text();
      // The plugin says the rest a little later.
      await sleep(40);
      const next = await backend.asGuest(`/api/overhears/next${turn}`);
      expect(await next.json()).toEqual({ path: `/next${turn}`, body: '' });
    }
  });
});
