import appPlugin from '@backstage/plugin-app-backend';
import authPlugin from '@backstage/plugin-auth-backend';
import guestProvider from '@backstage/plugin-auth-backend-module-guest-provider';
import permissionPlugin from '@backstage/plugin-permission-backend';
import proxyPlugin from '@backstage/plugin-proxy-backend';
import { createDynamicBackend, rootConfigServiceFactory } from '@stagedoor/loader';

/** How to make a portal; everything else is app-config. */
export interface PortalOptions {
  /** Config files in merge order, as absolute paths or relative to the working directory. */
  configFiles: string[];
}

/**
 * The portal backend, not started: the Stagedoor loader with the app, sign-in (the guest provider works in development
 * only), proxy and permissions. It has no permission policy: one that is dropped takes effect. Everything else is a bundle
 * away.
 */
export function createPortalBackend({ configFiles }: PortalOptions): ReturnType<typeof createDynamicBackend> {
  const backend = createDynamicBackend();
  backend.add(rootConfigServiceFactory({ argv: configFiles.flatMap((file) => ['--config', file]) }));
  backend.add(appPlugin);
  backend.add(authPlugin);
  backend.add(guestProvider);
  backend.add(proxyPlugin);
  backend.add(permissionPlugin);
  return backend;
}
