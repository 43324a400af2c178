import { createBackendPlugin } from '@backstage/backend-plugin-api';
import { mockCredentials, startTestBackend, type TestBackend } from '@backstage/backend-test-utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import module from './index';

let backend: TestBackend;

beforeAll(async () => {
  // Replaces the plugin that is extended; use the real one if it is among the dependencies.
  const plugin = createBackendPlugin({
    pluginId: '__pluginId__',
    register: (env) => env.registerInit({ deps: {}, init: async () => {} }),
  });
  backend = await startTestBackend({ features: [plugin, module] });
});

afterAll(() => backend.stop());

function get(headers: Record<string, string>): Promise<Response> {
  return fetch(`http://localhost:${backend.server.port()}/api/__pluginId__/__moduleId__/greeting`, { headers });
}

describe('/api/__pluginId__/__moduleId__/greeting', () => {
  it('greets the signed-in user', async () => {
    const response = await get({ authorization: mockCredentials.user.header() });
    expect(await response.json()).toEqual({ message: 'Hello from __moduleId__' });
  });

  it('refuses callers without a session', async () => {
    expect((await get({ authorization: mockCredentials.none.header() })).status).toBe(401);
  });
});
