import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that answers for a catalog with one entity. */
export interface CatalogServer {
  /** `discovery` in app-config: sends a portal's plugins here for the catalog. */
  discovery: Record<string, unknown>;
  close(): Promise<void>;
}

/** Serves `component:default/<name>` where catalog-client looks for it, and 404 for all else. */
export async function startCatalogServer(name: string): Promise<CatalogServer> {
  const entity = {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name, namespace: 'default', annotations: {} },
    spec: { type: 'service', lifecycle: 'production', owner: 'user:default/owner' },
  };
  const server = createServer((request, response) => {
    const found = request.url?.toLowerCase() === `/api/catalog/entities/by-name/component/default/${name}`;
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ? entity : { error: { name: 'NotFoundError' } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    discovery: { endpoints: [{ target: `http://127.0.0.1:${port}/api/catalog`, plugins: ['catalog'] }] },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
