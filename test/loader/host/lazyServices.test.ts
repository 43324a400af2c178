import { coreServices, createServiceFactory, type ServiceFactory } from '@backstage/backend-plugin-api';
import { findPackageDir } from '@stagedoor/bundle';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultServiceFactories } from '../../../loader/src/host/defaultServiceFactories';
import type { ServiceFeature } from '../../../loader/src/host/features';
import { lazyServiceFactory } from '../../../loader/src/host/lazyServiceFactory';
import { fixtureBundle } from '../../support/bundles';
import { startProcess } from '../../support/childProcess';
import { freePort } from '../../support/freePort';
import { repository } from '../../support/repository';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';

/** What Backstage is told of a factory before it runs. */
function description(factory: ServiceFeature): unknown {
  const { service, deps, initialization, createRootContext } = factory;
  return {
    id: service.id,
    scope: service.scope,
    multiton: service.multiton,
    initialization,
    rootContext: Boolean(createRootContext),
    deps: Object.fromEntries(
      Object.entries(deps).map(([name, { id, scope, multiton, __defaultFactory }]) => [
        name,
        { id, scope, multiton, hasDefault: Boolean(__defaultFactory) },
      ]),
    ),
  };
}

describe('the default services', () => {
  test('are described as the installed backend-defaults describes them, one for one', () => {
    const file = join(findPackageDir('@backstage/backend-defaults', repository)!, 'dist/CreateBackend.cjs.js');
    const { defaultServiceFactories: real } = createRequire(import.meta.url)(file) as {
      defaultServiceFactories: ServiceFeature[];
    };
    expect(real.length).toBeGreaterThan(20);
    expect(byId(defaultServiceFactories)).toEqual(byId(real));
  });

  test('are imported when something first depends on them', async () => {
    const { start, later } = await importedBy();
    expect(later).toContain('httpRouter');
    expect(later).not.toContain('urlReader');
    expect(start).toEqual(later);
  });

  test('are imported once the portal runs where bundles may come, so that the first that needs one is no burden', async () => {
    const { start, later } = await importedBy('greeter');
    expect(start).not.toContain('cache');
    expect(later).toEqual(expect.arrayContaining(['cache', 'scheduler']));
    // It would slow every request.
    expect(later).not.toContain('urlReader');
  });

  test('are imported a part at a time where that takes long, when the first plugin that needs them comes', async () => {
    const { later, steps } = await importedBy('reads-urls');
    expect(later).toContain('urlReader');
    expect(steps).toBeGreaterThan(10);
  });

  test('of another release of backend-defaults that need more are refused with a code', async () => {
    const installed = createServiceFactory({
      service: coreServices.cache,
      deps: { config: coreServices.rootConfig, metadata: coreServices.pluginMetadata },
      factory: () => ({}) as never,
    });
    const known = lazyServiceFactory({
      service: coreServices.cache,
      deps: { config: coreServices.rootConfig },
      load: async () => installed as ServiceFactory,
    });
    await expect(known.factory({ config: {} }, undefined)).rejects.toMatchObject({
      code: 'HOST_SERVICE_CHANGED',
      message: expect.stringContaining("'core.cache' depends on further services: core.pluginMetadata"),
    });
  });
});

function byId(factories: readonly ServiceFeature[]): Record<string, unknown> {
  return Object.fromEntries(factories.map((factory) => [factory.service.id, description(factory)]));
}

/** What a portal without plugins has imported. */
interface Imported extends Record<'start' | 'later', string[]> {
  /** How many times more of the clouds' clients were there than before. */
  steps: number;
}

/** Which parts of backend-defaults a portal without plugins has imported, in the end with that plugin's bundle running. */
async function importedBy(pluginId?: string): Promise<Imported> {
  const host = join(repository, 'test/fixtures/hosts/bareHost.cjs');
  const bundle = pluginId ? [await fixtureBundle(await tempDir(), pluginId), pluginId] : [];
  const args = [host, await tempDir(), `${await freePort()}`, ...bundle];
  const child = startProcess(process.execPath, args);
  try {
    const line = await waitFor('what was imported', async () => /^\{.*\}$/m.exec(child.stdout())?.[0]);
    return JSON.parse(line) as Imported;
  } finally {
    await child.stop();
  }
}
