import { expect, test } from 'vitest';
import { failureOf, startPlain } from '../../support/featureLoaderBackend';
import { rawRequest, WEBSOCKET_HEADERS } from '../../support/rawRequest';

test('dynamicPluginsFeatureLoader lets a bundle take WebSockets: with a session, or where the operator opens the path', async () => {
  const auth = {
    unauthenticated: 'listed',
    open: { 'routes-sockets': ['/open'] },
    rootRoutes: { 'routes-sockets': ['/routes-sockets'] },
  };
  const backend = await startPlain({ bundles: ['routes-sockets'], dynamicPlugins: { auth } });
  expect(failureOf(backend.provided(), 'routes-sockets')).toBeUndefined();
  const port = Number(new URL(backend.url).port);
  const upgrade = (path: string, headers: Record<string, string> = {}) =>
    rawRequest(port, { target: path, headers: { ...WEBSOCKET_HEADERS, ...headers }, greeting: '1.0.0' });
  const session = { 'sec-websocket-protocol': await backend.token() };
  expect((await upgrade('/api/routes-sockets')).status).toBe(401);
  expect((await upgrade('/api/routes-sockets/closed')).status).toBe(401);
  expect((await upgrade('/api/routes-sockets', session)).status).toBe(101);
  expect((await upgrade('/api/routes-sockets/open')).status).toBe(101);
  expect((await upgrade('/routes-sockets')).status).toBe(101);
});
