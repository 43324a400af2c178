import {
  coreServices,
  createBackendFeatureLoader,
  createBackendPlugin,
  createServiceFactory,
  createServiceRef,
  type BackendFeature,
  type ServiceRef,
} from '@backstage/backend-plugin-api';
import { findPackageDir } from '@stagedoor/bundle';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { collectingLogger, startBackend } from '../../support/backend';
import { drop } from '../../support/greeter';
import { repository } from '../../support/repository';

/** Answers with what the services that it was given say; see the fixture. */
const ASKS = 'asks-services-dynamic';

const ok = async (): Promise<{ status: number }> => ({ status: 200 });

describe('services that the portal adds', () => {
  test('reach plugins with members that Stagedoor knows nothing of', async () => {
    const lines: string[] = [];
    const logger = Object.assign(collectingLogger(lines), { extra: () => 'of the logger' });
    const hub = createServiceRef<{ extra(): string }>({ id: 'test.hub', scope: 'root' });
    class Hub {
      readonly #word = 'of the hub';
      extra(): string {
        return this.#word;
      }
    }
    const said: string[] = [];
    await startBackend({
      logger,
      prepare: (portal) => {
        const health = { getLiveness: ok, getReadiness: ok, extra: () => 'of the health' };
        portal.add(createServiceFactory({ service: coreServices.rootHealth, deps: {}, factory: () => health }));
        portal.add(createServiceFactory({ service: hub, deps: {}, factory: () => Object.freeze(new Hub()) }));
        portal.add(
          createBackendPlugin({
            pluginId: 'asks-for-more',
            register: (env) =>
              env.registerInit({
                deps: { health: coreServices.rootHealth, logger: coreServices.rootLogger, hub },
                init: async (services) => {
                  for (const service of Object.values(services)) {
                    said.push((service as unknown as { extra(): string }).extra());
                    expect('extra' in service).toBe(true);
                  }
                  expect(services.hub).toBeInstanceOf(Hub);
                },
              }),
          }),
        );
      },
    });
    expect(said.sort()).toEqual(['of the health', 'of the hub', 'of the logger']);
  });

  test('reach bundles and static plugins alike, overrides and new ones', async () => {
    const greetings = createServiceRef<{ text: string }>({ id: 'test.greetings', scope: 'root' });
    let made = 0;
    const backend = await startBackend({
      prepare: (portal) => {
        portal.add(
          createServiceFactory({
            service: greetings,
            deps: {},
            factory: () => ({ text: `made ${++made}` }),
          }),
        );
        portal.add(createServiceFactory({ service: coreServices.cache, deps: {}, factory: () => fakeCache('added') }));
        portal.add(asksStatically(greetings));
      },
    });
    await drop(backend, 'asks-services');
    await backend.until(ASKS, 'running');
    const dynamic = await (await backend.get('/api/asks/answers')).json();
    const own = await (await backend.get('/api/asks-statically/answers')).json();
    expect(dynamic).toMatchObject({ greeting: 'made 1', cache: 'added' });
    expect(own).toEqual({ greeting: 'made 1', cache: 'added' });
  });

  test('by a feature loader reach bundles too, and give way to those added directly', async () => {
    const greetings = createServiceRef<{ text: string }>({ id: 'test.greetings', scope: 'root' });
    const backend = await startBackend({
      prepare: (portal) => {
        portal.add(
          createBackendFeatureLoader({
            deps: { config: coreServices.rootConfig },
            *loader({ config }) {
              const from = `loader on ${config.getString('backend.listen.host')}`;
              yield createServiceFactory({ service: greetings, deps: {}, factory: () => ({ text: from }) });
              yield createServiceFactory({ service: coreServices.cache, deps: {}, factory: () => fakeCache('loader') });
            },
          }),
        );
        portal.add(createServiceFactory({ service: coreServices.cache, deps: {}, factory: () => fakeCache('added') }));
      },
    });
    await drop(backend, 'asks-services');
    await backend.until(ASKS, 'running');
    const answers = await (await backend.get('/api/asks/answers')).json();
    expect(answers).toMatchObject({ greeting: 'loader on 127.0.0.1', cache: 'added' });
  });

  test('survive an upgrade: one instance serves every generation', async () => {
    const greetings = createServiceRef<{ text: string }>({ id: 'test.greetings', scope: 'root' });
    let made = 0;
    const backend = await startBackend({
      prepare: (portal) =>
        portal.add(createServiceFactory({ service: greetings, deps: {}, factory: () => ({ text: `made ${++made}` }) })),
    });
    for (const version of ['1.0.0', '2.0.0', '3.0.0']) {
      await drop(backend, 'asks-services', { version });
      await backend.until(ASKS, 'running', version);
    }
    expect(await (await backend.get('/api/asks/answers')).json()).toMatchObject({ greeting: 'made 1' });
  });
});

describe('the services of createBackend()', () => {
  test('are all there, for plugins of the portal', async () => {
    const services = await servicesOfCreateBackend();
    let given: string[] = [];
    await startBackend({
      prepare: (portal) =>
        portal.add(
          createBackendPlugin({
            pluginId: 'asks-for-all',
            register(env) {
              env.registerInit({
                deps: services,
                async init(impls) {
                  given = Object.keys(impls).filter((id) => (impls as Record<string, unknown>)[id] !== undefined);
                },
              });
            },
          }),
        ),
    });
    expect(given.length).toBeGreaterThan(20);
    expect(given.sort()).toEqual(Object.keys(services).sort());
  });

  test('know every plugin of the portal and of its bundles as installed', async () => {
    const backend = await startBackend();
    await drop(backend, 'asks-services');
    await backend.until(ASKS, 'running');
    const { installed } = (await (await backend.get('/api/asks/answers')).json()) as { installed: unknown[] };
    expect(installed).toContainEqual({ pluginId: 'auth', modules: [{ moduleId: 'guest-provider' }] });
    expect(installed).toContainEqual({ pluginId: 'asks', modules: [] });
  });
});

/** The service refs behind `createBackend()`, by id; its own list is not exported. */
async function servicesOfCreateBackend(): Promise<Record<string, ServiceRef<unknown>>> {
  const file = join(findPackageDir('@backstage/backend-defaults', repository)!, 'dist/CreateBackend.cjs.js');
  const { defaultServiceFactories } = createRequire(import.meta.url)(file) as {
    defaultServiceFactories: Array<{ service: ServiceRef<unknown> }>;
  };
  return Object.fromEntries(defaultServiceFactories.map(({ service }) => [service.id, service]));
}

/** Answers as the fixture `asks-services` does, from within the portal. */
function asksStatically(greetings: ServiceRef<{ text: string }, 'root', 'singleton'>): BackendFeature {
  return createBackendPlugin({
    pluginId: 'asks-statically',
    register(env) {
      env.registerInit({
        deps: { greetings, cache: coreServices.cache, httpRouter: coreServices.httpRouter },
        async init({ greetings: given, cache, httpRouter }) {
          httpRouter.addAuthPolicy({ path: '/answers', allow: 'unauthenticated' });
          httpRouter.use((_request, response) => {
            response.json({ greeting: given.text, cache: (cache as unknown as { from: string }).from });
          });
        },
      });
    },
  });
}

function fakeCache(from: string): never {
  return { from, get: async () => undefined, set: async () => {}, delete: async () => {} } as never;
}
