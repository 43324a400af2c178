import type { DiscoveryApi, FetchApi } from '@backstage/frontend-plugin-api';
import { readAnswer, type Answer } from './answer';

/** One that app-config lets pass, one that it does not; the session comes with `fetchApi`. */
const SENT = { 'x-request-id': 'from-the-browser', 'x-internal': 'for-the-portal-only' };

export const PROXY_CODE = `const base = await discoveryApi.getBaseUrl('proxy');
await fetchApi.fetch(\`\${base}/service/things\`, {
  headers: { 'x-request-id': 'from-the-browser', 'x-internal': 'for-the-portal-only' },
});`;

export const PROXY_CONFIG = `proxy:
  endpoints:
    /service:
      target: http://localhost:9000
      allowedHeaders: [x-request-id]`;

/** Calls the service through the portal, and tells which of the headers reached it. */
export async function callProxy(discovery: DiscoveryApi, fetchApi: FetchApi): Promise<Answer> {
  const base = await discovery.getBaseUrl('proxy');
  const response = await fetchApi.fetch(`${base}/service/things`, { headers: SENT });
  const { json, ...answer } = await readAnswer(response);
  if (!response.ok) return { ...answer, notes: [explain(response.status)] };
  const { headers: received = {} } = (json ?? {}) as { headers?: Record<string, string> };
  const notes = [...Object.keys(SENT), 'authorization'].map(
    (name) => `${name} ${received[name] === undefined ? 'stayed in the portal' : 'reached the service'}`,
  );
  return { ...answer, notes };
}

function explain(status: number): string {
  if (status === 401) return 'The proxy is for signed-in users: your session has ended.';
  if (status === 404) return 'app-config has no endpoint /service below proxy.endpoints.';
  return 'The portal could not reach the service: is it running where proxy.endpoints says?';
}
