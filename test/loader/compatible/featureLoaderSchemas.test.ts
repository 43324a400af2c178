import { createBackend } from '@backstage/backend-defaults';
import { WinstonLogger } from '@backstage/backend-defaults/rootLogger';
import { loadConfigSchema } from '@backstage/config-loader';
import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
import { dynamicPluginsFeatureLoader, dynamicPluginsSchemasServiceRef } from '@stagedoor/loader';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { transports } from 'winston';
import { startBackend, type RunningBackend } from '../../support/backend';
import { dropFolder, fixtureBundle } from '../../support/bundles';
import { GREETER, greeterVersion } from '../../support/greeter';
import { tempDir } from '../../support/tempDir';

const TOKEN = 's3cr3t "with\\quotes"';
const READS = 'reads-config-dynamic';

/** What {@link startPlain} started: its log as it is written, and what browsers would be shown of app-config. */
interface Plain extends RunningBackend {
  written(): string;
  shown(): Promise<unknown>;
}

/** A plain backend with Backstage's root logger and two bundles, each with a config schema in its file. */
async function startPlain(schemas: { reads?: object | string; greeter?: object | string }): Promise<Plain> {
  let written = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written += chunk.toString();
      done();
    },
  });
  let shown = async (): Promise<unknown> => undefined;
  const probe = createBackendPlugin({
    pluginId: 'probe',
    register(env) {
      env.registerInit({
        deps: { config: coreServices.rootConfig, service: dynamicPluginsSchemasServiceRef },
        async init({ config, service }) {
          shown = async () => {
            const none = await loadConfigSchema({ serialized: { backstageConfigSchemaVersion: 1, schemas: [] } });
            const { schema } = await service.addDynamicPluginsSchemas(none);
            const [only] = schema.process([{ data: config.get(), context: 'test' }], { visibility: ['frontend'] });
            return only!.data;
          };
        },
      });
    },
  });
  const backend = await startBackend({
    create: () => {
      const plain = createBackend();
      plain.add(dynamicPluginsFeatureLoader);
      plain.add(probe);
      return plain;
    },
    logger: WinstonLogger.create({ level: 'info', transports: [new transports.Stream({ stream })] }),
    config: { reads: { greeting: 'hello', token: TOKEN } },
    before: async (root) => {
      for (const [fixture, schema] of [
        ['reads-config', schemas.reads],
        ['greeter', schemas.greeter],
      ] as const) {
        const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
        const files: Record<string, string> = schema === undefined ? {} : { 'dist/.config-schema.json': text };
        await dropFolder(await fixtureBundle(await tempDir(), fixture, { files }), root, fixture);
      }
    },
  });
  return { ...backend, written: () => written, shown: () => shown() };
}

const visible = (of: Record<string, unknown>): object => ({
  type: 'object',
  properties: { reads: { type: 'object', properties: of } },
});

test('Two bundles that disagree who may see a value do not end the start: both run, the log names them, the value stays secret.', async () => {
  const backend = await startPlain({
    reads: visible({
      token: { type: 'string', visibility: 'secret' },
      greeting: { type: 'string', visibility: 'frontend' },
    }),
    greeter: visible({ token: { type: 'string', visibility: 'frontend' } }),
  });
  expect(await greeterVersion(backend)).toBe('1.0.0');
  expect((await backend.get('/api/reads-config/log')).status).toBe(200);
  expect(backend.written()).toContain(`${GREETER} makes reads.token visible in browsers, and ${READS} makes it secret`);
  expect(await backend.shown()).toEqual({ reads: { greeting: 'hello' } });
  expect(backend.written()).toContain('the token is ***');
});

test('What schemas call secret is hidden as in the dynamic host: also as JSON writes it, also by a schema without $schema.', async () => {
  const backend = await startPlain({ reads: visible({ token: { type: 'string', visibility: 'secret' } }) });
  expect((await backend.get('/api/reads-config/log')).status).toBe(200);
  const log = backend.written();
  expect(log).toContain('the token at the start is ***');
  expect(log).not.toContain(TOKEN);
  expect(log).not.toContain(JSON.stringify(TOKEN).slice(1, -1));
});

test('A schema that is broken, or says too much to be held against app-config, keeps its own bundle away and no other.', async () => {
  const tooMuch = {
    patternProperties: Object.fromEntries(
      Array.from({ length: 400 }, (_, index) => [`^a${index}`, { type: 'string', visibility: 'secret' }]),
    ),
    additionalProperties: { $ref: '#' },
  };
  for (const [reads, code] of [
    ['{', 'CONFIG_SCHEMA_INVALID'],
    [{ type: 'object', properties: { reads: { type: 'nonsense' } } }, 'CONFIG_SCHEMA_INVALID'],
    [{ properties: { a: { $ref: 'file:///etc/passwd' } } }, 'CONFIG_SCHEMA_LIMIT'],
    [
      { ...tooMuch, patternProperties: { ...tooMuch.patternProperties, [`^${'b'.repeat(2000)}`]: {} } },
      'CONFIG_SCHEMA_LIMIT',
    ],
  ] as const) {
    const backend = await startPlain({ reads });
    expect(await greeterVersion(backend), code).toBe('1.0.0');
    expect((await backend.get('/api/reads-config/')).status).toBe(404);
    expect(backend.written()).toMatch(new RegExp(`${READS}@1.0.0: ${code}: `));
    await backend.stop();
  }
});
