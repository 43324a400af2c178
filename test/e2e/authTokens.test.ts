import {
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  SignJWT,
  type JWTPayload,
  type KeyLike,
} from 'jose';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from 'vitest';
import { dropFolder } from '../support/bundles';
import { HELLO, helloBundle } from '../support/hello';
import { startPortal, type Portal } from '../support/portal';
import { untilState } from '../support/portalPlugins';
import { makeSigningKeys, type SigningKeys } from '../support/signingKeys';
import { makeTempDir, removeTempDir } from '../support/tempDir';

let portal: Portal;
let keys: SigningKeys;
let dir: string;
let token: string;

beforeAll(async () => {
  dir = await makeTempDir();
  keys = await makeSigningKeys(dir);
  portal = await startPortal({
    config: {
      auth: { keyStore: keys.keyStore },
    },
  });
  await dropFolder(await helloBundle(dir, '1.0.0'), portal.root, 'hello');
  await untilState(portal, HELLO, 'running');
  token = await portal.guestToken();
});
afterAll(async () => {
  await portal?.stop();
  await removeTempDir(dir);
});

/** The status that a value of the authorization header gets from GET /api/hello/things. */
async function thingsWith(authorization?: string, path = '/api/hello/things'): Promise<number> {
  const response = await portal.fetch(path, { headers: authorization === undefined ? {} : { authorization } });
  return response.status;
}

/** The guest's claims, changed, signed as the portal signs. */
async function sign(changes: JWTPayload, key: KeyLike = keys.privateKey, header: object = {}): Promise<string> {
  const protectedHeader = { ...(decodeProtectedHeader(token) as { alg: string }), ...header };
  return new SignJWT({ ...decodeJwt(token), ...changes }).setProtectedHeader(protectedHeader).sign(key);
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

describe('a user of the portal', () => {
  test('is let in by a token of the portal', async () => {
    expect(await thingsWith(`Bearer ${token}`)).toBe(200);
    const me = await portal.fetch('/api/hello/me', { token });
    expect(await me.json()).toMatchObject({ userEntityRef: 'user:development/guest' });
  });

  test('is let in by a token that this test signs with the key of the portal, so that those below are refused for what differs', async () => {
    expect(await thingsWith(`Bearer ${await sign({})}`)).toBe(200);
  });

  test('needs no token for a declared path', async () => {
    expect(await thingsWith(undefined, '/api/hello/ping')).toBe(200);
    expect(await thingsWith('Bearer nonsense', '/api/hello/ping')).toBe(200);
  });
});

describe('what is not a valid session', () => {
  let rows: string;
  const readRows = async () => await (await portal.fetch('/api/hello/things', { token })).text();
  beforeEach(async () => {
    rows = await readRows();
  });
  afterEach(async () => {
    expect(await readRows()).toBe(rows);
  });

  const refused = async (authorization: string | undefined) => {
    expect.soft(await thingsWith(authorization), `GET /things with ${authorization?.slice(0, 60)}`).toBe(401);
    expect.soft(await thingsWith(authorization, '/api/hello/me')).toBe(401);
    const post = await portal.fetch('/api/hello/things', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
      body: JSON.stringify({ name: 'intruder' }),
    });
    expect.soft(post.status).toBe(401);
  };

  test('is no header, and an empty one', async () => {
    await refused(undefined);
    await refused('');
    await refused('Bearer');
    await refused('Bearer ');
  });

  test('is a malformed token', async () => {
    const [header, payload, signature] = token.split('.') as [string, string, string];
    for (const malformed of [
      'nonsense',
      'null',
      'undefined',
      '..',
      'a.b.c',
      `${header}.${payload}`,
      `${header}.${payload}.`,
      `${header}..${signature}`,
      `.${payload}.${signature}`,
      `${header}.${payload}.${signature}.${signature}`,
      `${header}.${payload}.${signature.slice(0, -4)}`,
      `${token} ${token}`,
      'x'.repeat(8000),
    ]) {
      await refused(`Bearer ${malformed}`);
    }
  });

  test('is a good token under another scheme', async () => {
    await refused(token);
    await refused(`Basic ${token}`);
    await refused(`Basic ${Buffer.from(`guest:${token}`).toString('base64')}`);
    await refused(`Token ${token}`);
    await refused(`XBearer ${token}`);
  });

  test('is a good token in the query or the body', async () => {
    for (const name of ['token', 'access_token', 'authorization']) {
      expect.soft(await thingsWith(undefined, `/api/hello/things?${name}=${token}`)).toBe(401);
    }
    const form = { method: 'POST', body: new URLSearchParams({ access_token: token, name: 'intruder' }) };
    expect((await portal.fetch('/api/hello/things', form)).status).toBe(401);
  });

  test('is an expired token', async () => {
    const now = Math.floor(Date.now() / 1000);
    await refused(`Bearer ${await sign({ iat: now - 7200, exp: now - 3600 })}`);
    await refused(`Bearer ${await sign({ iat: now - 3600, exp: now - 1 })}`);
  });

  test('is a token signed by another key, all else as it should be', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    expect(decodeProtectedHeader(token).kid).toBe(keys.keyId);
    await refused(`Bearer ${await sign({}, privateKey)}`);
    await refused(`Bearer ${await sign({}, privateKey, { kid: 'another-key' })}`);
  });

  test('is a token with a changed payload under its old signature', async () => {
    const [header, , signature] = token.split('.') as [string, string, string];
    const payload = base64url({ ...decodeJwt(token), sub: 'user:default/admin' });
    await refused(`Bearer ${header}.${payload}.${signature}`);
  });

  test('is a token that says it needs no signature', async () => {
    const [, payload, signature] = token.split('.') as [string, string, string];
    for (const alg of ['none', 'None', 'NONE']) {
      const header = base64url({ ...decodeProtectedHeader(token), alg });
      await refused(`Bearer ${header}.${payload}.`);
      await refused(`Bearer ${header}.${payload}.${signature}`);
    }
  });

  test('is a token signed with the public key as a shared secret', async () => {
    const jwks = (await (await portal.fetch('/api/auth/.well-known/jwks.json')).json()) as { keys: unknown[] };
    const secret = new TextEncoder().encode(JSON.stringify(jwks.keys[0]));
    const header = { typ: 'vnd.backstage.user', kid: keys.keyId, alg: 'HS256' };
    const forged = await new SignJWT(decodeJwt(token)).setProtectedHeader(header).sign(secret);
    await refused(`Bearer ${forged}`);
  });

  test('is a token that brings its own key', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: keys.keyId, alg: 'ES256' };
    await refused(`Bearer ${await sign({}, privateKey, { jwk })}`);
  });

  test('is a token without an end or without a user, or of another kind', async () => {
    await refused(`Bearer ${await sign({ exp: undefined })}`);
    await refused(`Bearer ${await sign({ sub: undefined })}`);
    await refused(`Bearer ${await sign({}, keys.privateKey, { typ: 'vnd.backstage.limited-user' })}`);
    await refused(`Bearer ${await sign({}, keys.privateKey, { typ: 'vnd.backstage.plugin' })}`);
  });
});
