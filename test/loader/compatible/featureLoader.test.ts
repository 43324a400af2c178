import { dynamicPluginsFeatureLoader } from '@stagedoor/loader';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dropArchive, dropFolder, fixtureBundle } from '../../support/bundles';
import { GREETER, greeterVersion } from '../../support/greeter';
import { failureOf, startPlain } from '../../support/featureLoaderBackend';
import { askPolicy } from '../../support/policy';
import { tempDir } from '../../support/tempDir';

describe('dynamicPluginsFeatureLoader in a plain createBackend()', () => {
  test('runs staged copies of folders and archives, also without any bundle or setting', async () => {
    const backend = await startPlain({
      before: async (root) => {
        await dropArchive(await fixtureBundle(await tempDir(), 'greeter'), root, 'greeter.tgz');
      },
    });
    expect(await greeterVersion(backend)).toBe('1.0.0');
    expect((await backend.get('/api/greeter/secret')).status).toBe(401);
    expect(backend.provided()).toEqual([expect.objectContaining({ name: GREETER, platform: 'node' })]);

    const without = await startPlain({ config: { dynamicPlugins: undefined } });
    expect(without.provided()).toEqual([]);
  });

  test('starts without a bundle that fails, in whatever way, and says why', async () => {
    const faulty = {
      'syntax-error': 'LOAD_FAILED',
      'throws-in-register': 'REGISTER_FAILED',
      'hangs-in-loader': 'START_TIMEOUT',
      'replaces-a-service': 'SERVICE_REPLACEMENT_REFUSED',
      'wants-a-service': "INIT_FAILED: plugin 'wanting' depends on 'nobody.provides'",
      'throws-in-init': "INIT_FAILED: The init of plugin 'faulty' failed: init is broken",
      'mounts-root-route': 'ROOT_ROUTE_REFUSED',
      'greeter-module-broken': 'INIT_FAILED',
      'another-greeter': 'PLUGIN_ID_CONFLICT',
      'frontend-container': undefined,
    };
    const backend = await startPlain({
      dynamicPlugins: { startTimeout: '5s' },
      before: async (root) => {
        await fixtureBundle(root, 'greeter');
        for (const name of Object.keys(faulty))
          await fixtureBundle(root, name, { sealed: name !== 'frontend-container' });
        // Drops claim ids in the order of their names.
        await rename(join(root, 'another-greeter-1.0.0'), join(root, 'zz-another-greeter'));
      },
    });
    for (const [fixture, failure] of Object.entries(faulty)) {
      const said = failureOf(backend.provided(), fixture);
      if (failure === undefined) expect(said).toBeUndefined();
      else expect([fixture, said]).toEqual([fixture, expect.stringContaining(failure)]);
    }
    expect(await greeterVersion(backend)).toBe('1.0.0');
    expect(backend.logs.filter((line) => line.includes('INIT_FAILED') && line.includes('Hint: ')).length).toBe(3);
  });

  test('answers 503 for a plugin whose init failed half-way', async () => {
    const backend = await startPlain({
      before: async (root) => {
        const dir = await fixtureBundle(root, 'greeter', { sealed: false });
        const source = "const { createBackendPlugin, coreServices } = require('@backstage/backend-plugin-api');\n";
        await writeFile(
          join(dir, 'index.cjs'),
          `${source}exports.default = createBackendPlugin({ pluginId: 'greeter', register: (env) => env.registerInit({
            deps: { httpRouter: coreServices.httpRouter },
            async init({ httpRouter }) {
              httpRouter.addAuthPolicy({ path: '/version', allow: 'unauthenticated' });
              httpRouter.use((_request, response) => response.json({ version: 'half' }));
              throw new Error('no more');
            },
          }) });`,
        );
      },
    });
    expect(await greeterVersion(backend)).toBe(503);
    expect((await backend.get('/api/greeter/other')).status).toBe(401);
  });

  test('takes a dropped permission policy into the permission plugin of the app', async () => {
    const backend = await startPlain({
      config: { permission: { enabled: true } },
      prepare: (plain) => plain.add(import('@backstage/plugin-permission-backend')),
      before: async (root) => {
        const packageJson = { allows: ['catalog.'] };
        await fixtureBundle(root, 'permission-policy', { packageJson });
      },
    });
    const asked = ['catalog.entity.read', 'dynamic-plugins.plugin.install'];
    expect(await askPolicy(backend.url, await backend.token(), ...asked)).toEqual(['ALLOW', 'DENY']);
  });

  test('leaves an id to the bundle that served under it, and refuses older builds, also after a restart', async () => {
    const home = await tempDir();
    const dynamicPlugins = { downgrades: { mode: 'refuse' } };
    const put = async (root: string, fixture: string, entry: string, version?: string): Promise<void> =>
      await dropFolder(await fixtureBundle(await tempDir(), fixture, { version }), root, entry);
    const first = await startPlain({ home, dynamicPlugins, before: (root) => put(root, 'greeter', 'b', '2.0.0') });
    await first.stop();
    const second = await startPlain({ home, dynamicPlugins, before: (root) => put(root, 'another-greeter', 'a') });
    expect(await greeterVersion(second)).toBe('2.0.0');
    expect(failureOf(second.provided(), 'another-greeter')).toContain('PLUGIN_ID_CONFLICT');
    await second.stop();
    const third = await startPlain({ home, dynamicPlugins, before: (root) => put(root, 'greeter', 'b', '1.9.0') });
    expect(failureOf(third.provided(), 'greeter')).toContain('DOWNGRADE_REFUSED');
    expect(await greeterVersion(third)).toBe(404);
    await third.stop();
    await rm(join(home, 'root', 'b'), { recursive: true });
    // The next start but one: a start forgets what it finds gone.
    await (await startPlain({ home, dynamicPlugins })).stop();
    expect(await greeterVersion(await startPlain({ home, dynamicPlugins }))).toBe('another');
  });

  test("holds bundles to the operator's policy", async () => {
    const closed = await startPlain({
      bundles: ['greeter', 'guarded'],
      dynamicPlugins: {
        auth: { unauthenticated: 'listed', open: { greeter: ['/version'] } },
        packages: { deny: [{ name: 'guarded' }] },
      },
    });
    expect(await greeterVersion(closed)).toBe('1.0.0');
    expect((await closed.get('/api/greeter/words')).status).toBe(401);
    expect(closed.logs.join('\n')).toContain('OPEN_ROUTE_REFUSED');
    expect(failureOf(closed.provided(), 'guarded')).toContain('PACKAGE_DENIED');

    const unsigned = await startPlain({ bundles: ['greeter'], dynamicPlugins: { signatures: { mode: 'warn' } } });
    expect(await greeterVersion(unsigned)).toBe('1.0.0');
    expect(unsigned.logs.join('\n')).toContain('SIGNATURE_MISSING');
  });

  test('joins modules to plugins of the backend and of other bundles', async () => {
    const backend = await startPlain({ bundles: ['greeter', 'greeter-module-word'] });
    expect(await (await backend.get('/api/greeter/words')).json()).toEqual({ words: ['hello'] });
  });

  test('loads modules the way the host wants', async () => {
    const asked: string[] = [];
    const nodeRequire = createRequire(import.meta.url);
    const backend = await startPlain({
      bundles: ['greeter'],
      loader: dynamicPluginsFeatureLoader({
        moduleLoader: (logger) => ({
          async bootstrap(_root, paths, manifests) {
            logger.info(`bootstrap of ${[...manifests!.values()].map(({ name }) => name).join()} in ${paths.length}`);
          },
          async load(id) {
            asked.push(id);
            return nodeRequire(id) as unknown;
          },
        }),
      }),
    });
    expect(await greeterVersion(backend)).toBe('1.0.0');
    expect(asked).toEqual([expect.stringMatching(/state\/staged\/greeter-dynamic\/[^/]+\/index\.cjs$/)]);
    expect(backend.logs.join('\n')).toContain(`bootstrap of ${GREETER} in 1`);
  });

  test('finds config schemas where the host says they are, and goes on without one that is none', async () => {
    const schema = (key: string) => ({
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties: { [key]: { type: 'object' } },
    });
    const before = async (root: string): Promise<void> => {
      const dir = await fixtureBundle(root, 'greeter', { sealed: false });
      await mkdir(join(dir, 'dist'));
      await writeFile(join(dir, 'dist/.config-schema.json'), JSON.stringify(schema('usual')));
      await writeFile(join(dir, 'elsewhere.json'), JSON.stringify(schema('elsewhere')));
      await writeFile(join(dir, 'none.json'), '{"type": "string"}');
    };
    expect(await (await startPlain({ before })).schemaKeys()).toEqual(['usual']);
    const loader = dynamicPluginsFeatureLoader({ schemaLocator: () => 'elsewhere.json' });
    expect(await (await startPlain({ before, loader })).schemaKeys()).toEqual(['elsewhere']);
    const misled = await startPlain({
      before,
      loader: dynamicPluginsFeatureLoader({ schemaLocator: () => 'none.json' }),
    });
    expect(await misled.schemaKeys()).toEqual([]);
    expect(await greeterVersion(misled)).toBe('1.0.0');
    expect(misled.logs.join('\n')).toMatch(/error CONFIG_SCHEMA_INVALID: .*greeter-dynamic is left out: .*none\.json/);
  });

  test('reports every config schema that is broken, and loads the others', async () => {
    const broken = {
      '1-not-json': '{',
      '2-a-list': '[]',
      '3-of-a-string': '{"type": "string"}',
      '4-not-a-set': 'null',
    };
    const backend = await startPlain({
      before: async (root) => {
        for (const [entry, schema] of Object.entries(broken)) {
          const name = `backstage-plugin-${entry}-backend-dynamic`;
          const options = { packageJson: { name }, files: { 'dist/.config-schema.json': schema } };
          await dropFolder(await fixtureBundle(await tempDir(), 'greeter', options), root, entry);
        }
        await fixtureBundle(root, 'greeter');
      },
    });
    expect(await greeterVersion(backend)).toBe('1.0.0');
    // The root logger of this test asks for no schemas: they are read after there is one.
    expect(await backend.schemaKeys()).toEqual([]);
    const logs = backend.logs.join('\n');
    for (const entry of Object.keys(broken)) {
      expect(logs).toMatch(new RegExp(`error \\S*${entry}\\S*: CONFIG_SCHEMA_INVALID: `));
      expect(logs).toMatch(new RegExp(`CONFIG_SCHEMA_INVALID: The schema of .*${entry}.* is left out`));
    }
  });
});
