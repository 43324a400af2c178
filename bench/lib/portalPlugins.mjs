import { createRequire } from 'node:module';
import { join } from 'node:path';
import { repository } from '../../scripts/lib/repository.mjs';

const { resolve } = createRequire(join(repository, 'portal/backend/package.json'));

/** Files of the portal's own plugins. */
export const portalPlugins = [
  '@backstage/plugin-auth-backend',
  '@backstage/plugin-auth-backend-module-guest-provider',
  '@backstage/plugin-proxy-backend',
  '@backstage/plugin-permission-backend',
  '@backstage/plugin-permission-backend-module-allow-all-policy',
].map((name) => resolve(name));
