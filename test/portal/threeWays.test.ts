import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dropFolder } from '../support/bundles';
import { startEchoServer, type Received } from '../support/echoServer';
import { helloBundle } from '../support/hello';
import { startPortal, type Portal } from '../support/portal';
import { makeTempDir, removeTempDir } from '../support/tempDir';
import { waitFor } from '../support/waitFor';

/** What portal/app-config.yaml says; only the proxy's target is another, as its port must be free. */
const service = 'http://localhost:9000';
const otherOrigin = 'http://localhost:3000';

let portal: Portal;
let echo: Awaited<ReturnType<typeof startEchoServer>>;
let bundles: string;

beforeAll(async () => {
  bundles = await makeTempDir();
  echo = await startEchoServer({ 'x-request-id': 'from the service', 'x-internal': 'secret', 'set-cookie': 'a=b' });
  portal = await startPortal({ config: { proxy: { endpoints: { '/service': { target: echo.url } } } } });
  await dropFolder(await helloBundle(bundles, '1.0.0'), portal.root, 'hello');
});

afterAll(async () => {
  await portal?.stop();
  await echo?.stop();
  if (bundles) await removeTempDir(bundles);
});

describe('The first way, the proxy,', () => {
  test('needs a session', async () => {
    const response = await portal.fetch('/api/proxy/service/some/path');
    expect(response.status).toBe(401);
  });

  test('passes method, path, query, body and allowed headers on, and strips all other headers', async () => {
    const response = await portal.fetch('/api/proxy/service/some/path?q=1&q=2', {
      token: true,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-request-id': 'from the browser',
        'x-secret': 'not for the service',
        cookie: 'session=not-for-the-service',
      },
      body: '{"a":1}',
    });
    expect(response.status).toBe(200);
    const received = (await response.json()) as Received;
    expect(received).toMatchObject({
      method: 'POST',
      url: '/some/path?q=1&q=2',
      body: '{"a":1}',
      headers: { 'content-type': 'application/json', 'x-request-id': 'from the browser' },
    });
    for (const header of ['authorization', 'cookie', 'x-secret']) expect(received.headers).not.toHaveProperty(header);
  });

  test('hands the same headers back and strips all others', async () => {
    const response = await portal.fetch('/api/proxy/service/', { token: true });
    expect(response.headers.get('x-request-id')).toBe('from the service');
    expect(response.headers.get('x-internal')).toBeNull();
    expect(response.headers.get('set-cookie')).toBeNull();
  });
});

describe('The second way, a bundled backend,', () => {
  test('answers with what app-config says', async () => {
    const ping = await waitFor('the plugin to answer', async () => {
      const response = await portal.fetch('/api/hello/ping');
      return response.ok && response;
    });
    expect(await ping.json()).toMatchObject({ message: 'Hello from app-config' });
    expect((await portal.fetch('/api/hello/things')).status).toBe(401);
    expect((await portal.fetch('/api/hello/things', { token: true })).status).toBe(200);
  });
});

describe('The third way, a direct call,', () => {
  test('may leave pages of the portal only for services in the content security policy', async () => {
    const response = await portal.fetch('/.backstage/health/v1/readiness');
    const policy = new Map(
      response.headers
        .get('content-security-policy')
        ?.split(';')
        .map((directive) => directive.trim().split(' '))
        .map(([name, ...values]) => [name, values]),
    );
    expect(policy.get('connect-src')).toEqual(["'self'", service]);
    expect(policy.has('upgrade-insecure-requests')).toBe(false);
  });

  test('may reach the portal, with credentials, from pages of a listed origin', async () => {
    const preflight = await portal.fetch('/api/hello/things', {
      method: 'OPTIONS',
      headers: {
        origin: otherOrigin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(otherOrigin);
    expect(preflight.headers.get('access-control-allow-credentials')).toBe('true');
    expect(preflight.headers.get('access-control-allow-methods')?.split(',')).toContain('POST');
    expect(preflight.headers.get('access-control-allow-headers')?.split(',')).toContain('authorization');

    const call = await portal.fetch('/api/hello/things', { token: true, headers: { origin: otherOrigin } });
    expect(call.status).toBe(200);
    expect(call.headers.get('access-control-allow-origin')).toBe(otherOrigin);
  });

  test('is not answered for pages of any other origin', async () => {
    const response = await portal.fetch('/api/hello/things', {
      token: true,
      headers: { origin: 'http://elsewhere.example' },
    });
    expect(response.headers.get('access-control-allow-origin')).not.toBe('http://elsewhere.example');
    expect(response.headers.get('access-control-allow-origin')).not.toBe('*');
  });
});
