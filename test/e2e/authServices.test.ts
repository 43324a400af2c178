import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dropFolder, fixtureBundle } from '../support/bundles';
import { HELLO, helloBundle } from '../support/hello';
import { startPortal, type Portal } from '../support/portal';
import { untilState } from '../support/portalPlugins';
import { makeTempDir, removeTempDir } from '../support/tempDir';

const SERVICE_TOKEN = 'a-static-token-of-an-external-service';
const CATALOG_ONLY_TOKEN = 'a-static-token-for-the-catalog-only';
const externalAccess = [
  { type: 'static', options: { token: SERVICE_TOKEN, subject: 'a-service' } },
  {
    type: 'static',
    options: { token: CATALOG_ONLY_TOKEN, subject: 'another-service' },
    accessRestrictions: [{ plugin: 'catalog' }],
  },
];

let portal: Portal;
let dir: string;
let token: string;

beforeAll(async () => {
  dir = await makeTempDir();
  portal = await startPortal({ config: { backend: { auth: { externalAccess } } } });
  await dropFolder(await helloBundle(dir, '1.0.0'), portal.root, 'hello');
  await dropFolder(await fixtureBundle(dir, 'guarded'), portal.root, 'guarded');
  await untilState(portal, HELLO, 'running');
  await untilState(portal, 'guarded-dynamic', 'running');
  token = await portal.guestToken();
});
afterAll(async () => {
  await portal?.stop();
  await removeTempDir(dir);
});

/** The status that a bearer token gets. */
async function statusWith(bearer: string | undefined, path = '/api/hello/things'): Promise<number> {
  return (await portal.fetch(path, { token: bearer })).status;
}

describe('a service', () => {
  test('passes the session check with a token from app-config, and is no user', async () => {
    expect(await statusWith(SERVICE_TOKEN)).toBe(200);
    expect(await statusWith(SERVICE_TOKEN, '/api/hello/me')).toBe(403);
    expect(await statusWith(`${SERVICE_TOKEN}x`)).toBe(401);
    expect(await statusWith(SERVICE_TOKEN.slice(1))).toBe(401);
  });

  test('does not get into a bundle with a token that is restricted to another plugin', async () => {
    expect(await statusWith(CATALOG_ONLY_TOKEN)).toBeOneOf([401, 403]);
    expect(await statusWith(CATALOG_ONLY_TOKEN, '/api/guarded/secret')).toBeOneOf([401, 403]);
  });

  test('does not read the state of the dynamic plugins, nor does anybody without a session', async () => {
    const path = '/api/dynamic-plugins/v1/plugins';
    expect(await statusWith(undefined, path)).toBe(401);
    expect(await statusWith(SERVICE_TOKEN, path)).toBe(403);
    expect(await statusWith(token, path)).toBe(200);
  });

  test('that is a bundle itself gets in where its token is meant for, and nowhere else', async () => {
    const issue = async (target: string) => {
      const response = await portal.fetch(`/api/guarded/token?for=${target}`, { token });
      return ((await response.json()) as { token: string }).token;
    };
    const forHello = await issue('hello');
    expect(await statusWith(forHello)).toBe(200);
    expect(await statusWith(forHello, '/api/hello/me')).toBe(403);
    expect(await statusWith(forHello, '/api/guarded/secret')).toBe(401);
    expect(await statusWith(await issue('guarded'))).toBe(401);
    const { privateKey } = await generateKeyPair('ES256');
    const header = decodeProtectedHeader(forHello) as { alg: string };
    const forged = await new SignJWT(decodeJwt(forHello)).setProtectedHeader(header).sign(privateKey);
    expect(await statusWith(forged)).toBe(401);
  });
});

describe('a cookie', () => {
  let cookie: string;
  beforeAll(async () => {
    const response = await portal.fetch('/api/guarded/.backstage/auth/v1/cookie', { token });
    cookie = response.headers.get('set-cookie')!.split(';')[0]!;
  });
  const withCookie = async (path: string, value = cookie) => await portal.fetch(path, { headers: { cookie: value } });

  test('is given to a session only', async () => {
    expect(cookie).toMatch(/^backstage-auth=ey/);
    expect((await portal.fetch('/api/guarded/.backstage/auth/v1/cookie')).status).toBe(401);
    expect((await withCookie('/api/guarded/.backstage/auth/v1/cookie')).status).toBe(401);
  });

  test('opens the paths that are declared for cookies, and no others', async () => {
    expect(await (await withCookie('/api/guarded/cookie')).json()).toMatchObject({ principal: 'user' });
    for (const path of ['/api/guarded/secret', '/api/guarded/', '/api/hello/things', '/api/hello/me']) {
      expect.soft([path, (await withCookie(path)).status]).toEqual([path, 401]);
    }
    expect((await portal.fetch('/api/guarded/cookie')).status).toBe(401);
  });

  test('does not open more when its value is sent as a bearer token', async () => {
    const value = cookie.replace('backstage-auth=', '');
    expect(await statusWith(value)).toBe(401);
    expect(await statusWith(value, '/api/guarded/secret')).toBe(401);
  });

  test('is refused when it is forged', async () => {
    for (const value of ['nonsense', '', cookie.slice('backstage-auth='.length, -4)]) {
      const { status } = await withCookie('/api/guarded/cookie', `backstage-auth=${value}`);
      expect.soft([value, status]).toEqual([value, 401]);
    }
  });

  test('carries no other token to the paths that take none', async () => {
    for (const value of [token, SERVICE_TOKEN]) {
      const { status } = await withCookie('/api/guarded/secret', `backstage-auth=${value}; token=${value}`);
      expect.soft(status).toBe(401);
    }
  });
});
