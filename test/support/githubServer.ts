import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that answers as GitHub does for an organisation with one repository, with a catalog-info.yaml in it. */
export interface GithubServer {
  /** `integrations` in app-config. */
  integrations: Record<string, unknown>;
  close(): Promise<void>;
}

/** Serves `component:default/<name>` in the organisation `acme`. */
export async function startGithubServer(name: string): Promise<GithubServer> {
  const yaml = [
    'apiVersion: backstage.io/v1alpha1',
    'kind: Component',
    `metadata: { name: ${name} }`,
    'spec: { type: service, lifecycle: production, owner: guests }',
  ].join('\n');
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    request.resume();
    if (request.url === '/api/graphql') {
      const repository = {
        name: 'service',
        url: `http://127.0.0.1:${port}/acme/service`,
        isArchived: false,
        isFork: false,
        visibility: 'public',
        repositoryTopics: { nodes: [] },
        defaultBranchRef: { name: 'main' },
        catalogInfoFile: { __typename: 'Blob', id: '1', text: yaml },
      };
      const repositories = { nodes: [repository], pageInfo: { hasNextPage: false } };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ data: { repositoryOwner: { login: 'acme', repositories } } }));
    } else if (request.url?.startsWith('/api/repos/acme/service/contents/catalog-info.yaml')) {
      response.end(yaml);
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  return {
    integrations: {
      github: [{ host, apiBaseUrl: `http://${host}/api`, rawBaseUrl: `http://${host}/raw`, token: 'any' }],
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
