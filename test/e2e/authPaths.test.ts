import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dropFolder, fixtureBundle } from '../support/bundles';
import { startPortal, type Portal } from '../support/portal';
import { untilState } from '../support/portalPlugins';
import { rawRequest, WEBSOCKET_HEADERS } from '../support/rawRequest';
import { makeTempDir, removeTempDir } from '../support/tempDir';
import { TARGETS } from './pathTricks';

const KNOWN_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'];
const METHODS = [...KNOWN_METHODS, 'TRACE', 'CONNECT', 'BREW'];
const MARKER = 'PROTECTED-MARKER';

const REFUSALS = [0, 400, 401, 403, 404, 405, 414, 431, 501];

/** The portal's page answers paths that are nobody's; the plugin answers in JSON alone. */
function isOfApp({ status, text }: { status: number; text: string }): boolean {
  return status === 200 && !/^content-type: application\/json/im.test(text);
}

describe('a protected route of a bundle', () => {
  let portal: Portal;
  let parent: string;
  beforeAll(async () => {
    portal = await startPortal();
    parent = await makeTempDir();
    await dropFolder(await fixtureBundle(parent, 'guarded'), portal.root, 'guarded');
    await untilState(portal, 'guarded-dynamic', 'running');
  });
  afterAll(async () => {
    await portal?.stop();
    await removeTempDir(parent);
  });

  async function protectedCalls(): Promise<number> {
    const response = await portal.fetch('/api/guarded/open/count');
    return ((await response.json()) as { protectedCalls: number }).protectedCalls;
  }

  test('answers every method with a session, so that a silence below means something', async () => {
    const authorization = `Bearer ${await portal.guestToken()}`;
    for (const method of KNOWN_METHODS) {
      const response = await rawRequest(portal.port, {
        method,
        target: '/api/guarded/secret',
        headers: { authorization, 'x-expected': 'yes' },
      });
      expect.soft([method, response.status]).toEqual([method, 200]);
      if (method !== 'HEAD') expect.soft(response.body).toContain(MARKER);
    }
    const open = await rawRequest(portal.port, { target: '/api/guarded/open' });
    expect(open.status).toBe(200);
  });

  test('is counted when it is reached', async () => {
    const before = await protectedCalls();
    await portal.fetch('/api/guarded/secret', { token: true });
    expect(await protectedCalls()).toBe(before + 1);
  });

  test.each(METHODS)('cannot be reached by any spelling of its path with %s and without a session', async (method) => {
    const before = await protectedCalls();
    for (const target of TARGETS) {
      const body = method === 'POST' || method === 'PUT' || method === 'PATCH' ? '{"name":"intruder"}' : '';
      const response = await rawRequest(portal.port, { method, target, body });
      const where = `${method} ${target.slice(0, 80)}`;
      expect.soft(response.text, where).not.toContain(MARKER);
      const refused = REFUSALS.includes(response.status) || isOfApp(response);
      expect.soft(refused, `${where} answered ${response.status} ${response.body.slice(0, 200)}`).toBe(true);
    }
    expect(await protectedCalls()).toBe(before);
  });

  test('answers 401 to its own path with every method that gets that far', async () => {
    for (const method of KNOWN_METHODS) {
      for (const target of ['/api/guarded/secret', '/api/guarded/', '/API/GUARDED/secret']) {
        const { status } = await rawRequest(portal.port, { method, target });
        expect.soft([method, target, status]).toEqual([method, target, 401]);
      }
    }
  });

  test('does not take an overriding header for a path or a method', async () => {
    const before = await protectedCalls();
    const overrides = {
      'x-http-method-override': 'OPTIONS',
      'x-original-url': '/api/guarded/open',
      'x-rewrite-url': '/api/guarded/open',
      'x-forwarded-prefix': '/api/guarded/open',
      'x-forwarded-uri': '/api/guarded/open',
      'x-forwarded-for': '127.0.0.1',
      host: 'localhost',
    };
    for (const [name, value] of Object.entries(overrides)) {
      const { status } = await rawRequest(portal.port, { target: '/api/guarded/secret', headers: { [name]: value } });
      expect.soft([name, status]).toEqual([name, 401]);
    }
    expect(await protectedCalls()).toBe(before);
  });

  test('answers a WebSocket upgrade without a session like any request', async () => {
    const before = await protectedCalls();
    for (const target of [
      '/api/guarded/secret',
      '/api/guarded',
      '//api/guarded/secret',
      '/api/guarded/open/../secret',
    ]) {
      for (const method of ['GET', 'POST']) {
        const response = await rawRequest(portal.port, {
          method,
          target,
          headers: WEBSOCKET_HEADERS,
        });
        const refused = [400, 401, 404].includes(response.status) || isOfApp(response);
        expect.soft([method, target, response.status, refused]).toEqual([method, target, response.status, true]);
        expect.soft(response.text).not.toContain(MARKER);
      }
    }
    expect(await protectedCalls()).toBe(before);
  });

  test('stays closed where the plugin normalises paths and the session check does not', async () => {
    // The fixture reads `new URL(request.url).pathname`, as plugins do: to it, these are /secret.
    await dropFolder(await fixtureBundle(parent, 'greeter'), portal.root, 'greeter');
    await untilState(portal, 'greeter-dynamic', 'running');
    const secret = await portal.fetch('/api/greeter/secret', { token: true });
    expect(await secret.json()).toEqual({ secret: 42 });
    for (const way of ['/../', '/%2e%2e/', '/.%2E/', '\\..\\', '/x/../../', '/./../', '/..\\', '//../../', '/..//']) {
      const response = await rawRequest(portal.port, { target: `/api/greeter/version${way}secret` });
      expect.soft([way, response.status]).toEqual([way, expect.toBeOneOf([400, 401, 404])]);
      expect.soft(response.body).not.toContain('42');
    }
  });

  test('is not opened by a second request smuggled behind an open one', async () => {
    const before = await protectedCalls();
    const inner = 'GET /api/guarded/secret HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n';
    const smuggled = [
      { headers: { connection: 'keep-alive' } as Record<string, string>, body: '', tail: inner },
      { headers: { 'transfer-encoding': 'chunked', 'content-length': '0' }, body: '', tail: inner },
      { headers: { 'transfer-encoding': 'chunked' }, body: '', tail: `0\r\n\r\n${inner}` },
    ];
    for (const { headers, tail } of smuggled) {
      const headersText = Object.entries(headers).map(([name, value]) => `\r\n${name}: ${value}`);
      // The target carries the whole first request: rawRequest adds only the end of the second.
      const target = `/api/guarded/open HTTP/1.1\r\nhost: localhost${headersText.join('')}\r\n\r\n${tail}GET /`;
      const response = await rawRequest(portal.port, { target, timeoutMs: 2000 });
      expect.soft(response.text).not.toContain(MARKER);
    }
    expect(await protectedCalls()).toBe(before);
  });
});
