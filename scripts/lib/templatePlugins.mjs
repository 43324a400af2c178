/** Of the plugins that create-app puts into a backend, those that this repository installs. */
export const TEMPLATE_PLUGINS = [
  '@backstage/plugin-proxy-backend',
  '@backstage/plugin-scaffolder-backend',
  '@backstage/plugin-techdocs-backend',
  '@backstage/plugin-auth-backend',
  '@backstage/plugin-auth-backend-module-guest-provider',
  '@backstage/plugin-permission-backend',
  '@backstage/plugin-permission-backend-module-allow-all-policy',
  '@backstage/plugin-search-backend',
  '@backstage/plugin-search-backend-module-pg',
  '@backstage/plugin-notifications-backend',
  '@backstage/plugin-signals-backend',
];
