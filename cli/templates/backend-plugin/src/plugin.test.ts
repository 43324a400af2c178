import { mockCredentials, mockServices, startTestBackend, type TestBackend } from '@backstage/backend-test-utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import plugin from './index';

let backend: TestBackend;

beforeAll(async () => {
  const data = { __camelId__: { greeting: 'Hello from a test' } };
  backend = await startTestBackend({ features: [plugin, mockServices.rootConfig.factory({ data })] });
});

afterAll(() => backend.stop());

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`http://localhost:${backend.server.port()}/api/__pluginId__${path}`, { headers });
}

describe('/api/__pluginId__', () => {
  it('answers /ping without a session, with what app-config says', async () => {
    const response = await get('/ping');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ message: 'Hello from a test' });
  });

  it('refuses /me without a session', async () => {
    expect((await get('/me', { authorization: mockCredentials.none.header() })).status).toBe(401);
  });

  it('says at /me who is signed in', async () => {
    const response = await get('/me', { authorization: mockCredentials.user.header('user:default/ann') });
    expect(await response.json()).toEqual({ user: 'user:default/ann' });
  });
});
