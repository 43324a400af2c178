import type { AppError, ExtensionFactoryMiddleware } from '@backstage/frontend-app-api';
import { ApiBlueprint, coreExtensionData, createApiRef, createFrontendModule } from '@backstage/frontend-plugin-api';
import { createElement, Fragment } from 'react';
import type { RemoteFeatures } from './origins';
import { wireApp, type Setup } from './wiring';

/** Backstage wires an app in one turn, or says nothing at all. */
const SILENCE_MS = 2000;

/** Backstage asks it by its id, without its package. */
const permissionApiRef = createApiRef<{ authorize(): Promise<{ result: 'ALLOW' }> }>({ id: 'plugin.permission.api' });

/** Nothing is asked of the backend on trial, and what is for some people only is tried, too. */
const everythingAllowed = createFrontendModule({
  pluginId: 'app',
  extensions: [
    ApiBlueprint.make({
      name: 'permission',
      params: (define) =>
        define({
          api: permissionApiRef,
          deps: {},
          factory: () => ({ authorize: async () => ({ result: 'ALLOW' as const }) }),
        }),
    }),
  ],
});

/** What came of wiring an app on trial. */
export interface Trial {
  errors: AppError[];
  /** Those that could be wired at all. */
  remotes: readonly RemoteFeatures[];
}

/** Wires an app as Backstage does after sign-in, and renders nothing. */
export async function tryApp(setup: Setup, remotes: readonly RemoteFeatures[]): Promise<Trial> {
  const { extensionFactoryMiddleware: theirs = [] } = setup.advanced ?? {};
  const middleware = [theirs, withoutSession].flat();
  const trial = wireApp(
    {
      ...setup,
      own: [...setup.own, everythingAllowed],
      advanced: { ...setup.advanced, extensionFactoryMiddleware: middleware },
    },
    remotes,
  );
  let timer: ReturnType<typeof setTimeout> | undefined;
  const errors = await new Promise<AppError[]>((resolve, reject) => {
    timer = setTimeout(() => reject(new Error('The app could not be wired.')), SILENCE_MS);
    trial.prepared.onFinalized((done) => resolve(done.errors ?? []));
  }).finally(() => clearTimeout(timer));
  return { errors: errors.filter((error) => !isSignInPage(error)), remotes: trial.remotes };
}

/** Leaves the page to sign in at empty, for which Backstage would wait, and in a protected app the root that renews its cookie. */
const withoutSession: ExtensionFactoryMiddleware = (original, { node }) => {
  if (node.spec.id === 'app/root' && isProtected()) return [coreExtensionData.reactElement(createElement(Fragment))];
  const made = original();
  return node.edges.attachedTo?.input === 'signInPage' ? [] : made;
};

function isProtected(): boolean {
  return document.querySelector('meta[name="backstage-app-mode"]')?.getAttribute('content') === 'protected';
}

function isSignInPage({ code, context }: AppError): boolean {
  return (
    code === 'EXTENSION_OUTPUT_MISSING' && 'node' in context && context.node.edges.attachedTo?.input === 'signInPage'
  );
}
