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
