import { ADMIN_PATH } from '../adminPath';
import { paths } from './paths';
import { schemas } from './schemas';

/** The OpenAPI 3.1 document of the admin API, served at `/v1/openapi.json`. */
export const openapi = {
  openapi: '3.1.0',
  info: {
    title: 'Dynamic plugins',
    version: '1.0.0',
    description:
      'See and operate the dynamic plugins of a portal. Callers are users, and services with an access restriction for it. ' +
      'Reads need `dynamic-plugins.plugin.read`, which every user has unless a permission policy denies it; writes need ' +
      '`dynamicPlugins.operators` to list the user or a group, or a policy that allows `dynamic-plugins.plugin.install` or ' +
      '`.operate`.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: ADMIN_PATH }],
  security: [{ session: [] }],
  paths,
  components: {
    schemas,
    securitySchemes: { session: { type: 'http', scheme: 'bearer', description: 'A Backstage token.' } },
  },
};
