import type { Backend } from '@backstage/backend-app-api';
import { createBackendModule } from '@backstage/backend-plugin-api';
import { AuthorizeResult, type Permission } from '@backstage/plugin-permission-common';
import { policyExtensionPoint } from '@backstage/plugin-permission-node/alpha';

/** Adds the permission backend to a backend, with a policy that allows what `allows` says, to everybody. */
export function withPolicy(allows: (permission: Permission) => boolean): (backend: Backend) => void {
  return (backend) => {
    backend.add(import('@backstage/plugin-permission-backend'));
    backend.add(
      createBackendModule({
        pluginId: 'permission',
        moduleId: 'own-policy',
        register: (env) =>
          env.registerInit({
            deps: { policy: policyExtensionPoint },
            init: async ({ policy }) =>
              policy.setPolicy({
                handle: async ({ permission }) => ({
                  result: allows(permission) ? AuthorizeResult.ALLOW : AuthorizeResult.DENY,
                }),
              }),
          }),
      }),
    );
  };
}

/** What the permission backend answers a user: `ALLOW` or `DENY` for each name of a permission. */
export async function askPolicy(url: string, token: string, ...names: string[]): Promise<string[]> {
  const items = names.map((name) => ({ id: name, permission: { type: 'basic', name, attributes: {} } }));
  const response = await fetch(`${url}/api/permission/authorize`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ items }),
  });
  const answer = (await response.json()) as { items: Array<{ result: string }> };
  return answer.items.map(({ result }) => result);
}
