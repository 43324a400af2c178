import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
import { loadConfigSchema } from '@backstage/config-loader';
import { dynamicPluginsSchemasServiceRef } from '@stagedoor/loader';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startBackend } from '../../support/backend';
import { dropFolder, fixtureBundle } from '../../support/bundles';
import { GREETER, drop } from '../../support/greeter';
import { startPortal, type Portal } from '../../support/portal';
import { untilState } from '../../support/portalPlugins';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';

const READS = 'reads-config-dynamic';

/** A portal with values for the fixture `reads-config` in app-config.overlay.yaml. */
async function portalWith(reads: Record<string, unknown>): Promise<Portal> {
  const portal = await startPortal({ config: { reads } });
  onTestFinished(async () => void (await portal.stop()));
  return portal;
}

/** Changes `reads` in the file on disk. */
async function edit(portal: Portal, reads: Record<string, unknown>): Promise<void> {
  await writeFile(join(portal.dir, 'app-config.overlay.yaml'), JSON.stringify({ reads }));
}

async function greetings(portal: Portal): Promise<{ now: string; seen: string[] }> {
  const response = await portal.fetch('/api/reads-config');
  return (await response.json()) as { now: string; seen: string[] };
}

describe('app-config that does not suit a bundle', () => {
  test('is named by key and file, every fault at once', async () => {
    const portal = await portalWith({ times: 'twice', tone: 'shrill', names: [1] });
    await drop(portal, 'reads-config');
    const status = await untilState(portal, READS, 'rejected');
    expect(status.code).toBe('CONFIG_INVALID');
    expect((status.details as { faults: unknown[] }).faults).toEqual(
      expect.arrayContaining([
        { key: 'reads.greeting', expected: 'is missing' },
        { key: 'reads.times', expected: 'must be number', file: 'app-config.overlay.yaml' },
        { key: 'reads.tone', expected: 'must be one of loud, soft', file: 'app-config.overlay.yaml' },
        { key: 'reads.names.0', expected: 'must be object', file: 'app-config.overlay.yaml' },
      ]),
    );
    expect(status.message).toContain('reads.times must be number (in app-config.overlay.yaml)');
  });

  test('keeps that bundle alone from starting with the portal', async () => {
    const home = await tempDir();
    const schema = (type: string): string => JSON.stringify({ type: 'object', properties: { backend: { type } } });
    await mkdir(join(home, 'root'));
    const files = (type: string) => ({ 'dist/.config-schema.json': schema(type) });
    await dropFolder(await fixtureBundle(home, 'greeter', { files: files('string') }), join(home, 'root'), 'greeter');
    await dropFolder(
      await fixtureBundle(home, 'stores-rows', { files: files('object') }),
      join(home, 'root'),
      'stores-rows',
    );
    const backend = await startBackend({ home });
    expect(await backend.until(GREETER, 'rejected')).toMatchObject({ code: 'CONFIG_INVALID' });
    await backend.until('backstage-plugin-stores-rows-backend-dynamic', 'running');
  });

  test('may be corrected while the portal runs: the bundle is tried again, and hears of later changes', async () => {
    const portal = await portalWith({ greeting: 'Hi', times: 'twice' });
    await drop(portal, 'reads-config');
    await untilState(portal, READS, 'rejected');
    await edit(portal, { greeting: 'Hi', times: 2 });
    await untilState(portal, READS, 'running');
    expect(await greetings(portal)).toEqual({ now: 'Hi', seen: ['Hi'] });
    await waitFor('the new greeting', async () => {
      // Backstage watches the file anew after each change, and misses one that comes meanwhile.
      await edit(portal, { greeting: 'Hello', times: 2 });
      await sleep(300);
      return (await greetings(portal)).now === 'Hello';
    });
    const { now, seen } = await greetings(portal);
    expect([now, ...new Set(seen)]).toEqual(['Hello', 'Hi', 'Hello']);
  });
});

test('what the schema of a dropped bundle calls secret is hidden in logs, a later value too, as JSON too', async () => {
  const portal = await portalWith({ greeting: 'Hi', token: 'first-"secret"-value' });
  await drop(portal, 'reads-config');
  await untilState(portal, READS, 'running');
  await portal.fetch('/api/reads-config/log');
  await edit(portal, { greeting: 'Hello', token: 'second-secret-value' });
  await waitFor('the new greeting', async () => (await greetings(portal)).now === 'Hello');
  await portal.fetch('/api/reads-config/log');
  await waitFor('both lines', async () => portal.logs().match(/the token is \*\*\*/g)?.length === 2);
  expect(portal.logs()).toContain('the token at the start is ***');
  expect(portal.logs()).not.toMatch(/first-|second-secret/);
});

test('what the schema of a loaded bundle calls visible may be shown to browsers, while it is loaded', async () => {
  let visible: () => Promise<unknown> = async () => undefined;
  const backend = await startBackend({
    config: { reads: { greeting: 'Hi', times: 2, token: 'secret-value' } },
    prepare: (portal) =>
      portal.add(
        createBackendPlugin({
          pluginId: 'shows-config',
          register(env) {
            env.registerInit({
              deps: { schemas: dynamicPluginsSchemasServiceRef, config: coreServices.rootConfig },
              async init({ schemas, config }) {
                visible = async () => {
                  const none = await loadConfigSchema({ serialized: { backstageConfigSchemaVersion: 1, schemas: [] } });
                  const { schema } = await schemas.addDynamicPluginsSchemas(none);
                  const data = [{ data: config.get() as never, context: 'test' }];
                  return schema.process(data, { visibility: ['frontend'] })[0]!.data;
                };
              },
            });
          },
        }),
      ),
  });
  expect(await visible()).toEqual({});
  await drop(backend, 'reads-config');
  await backend.until(READS, 'running');
  expect(await visible()).toEqual({ reads: { greeting: 'Hi' } });
});

test('A schema of a size that no plugin needs is refused', async () => {
  const backend = await startBackend({ config: { reads: { greeting: 'Hi' } } });
  const schema = await readFile(
    join(import.meta.dirname, '../../fixtures/bundles/reads-config/dist/.config-schema.json'),
  );
  const bundle = await fixtureBundle(await tempDir(), 'reads-config', { sealed: false });
  const large = Buffer.concat([schema, Buffer.alloc(5 * 1024 * 1024, ' ')]);
  await writeFile(join(bundle, 'dist/.config-schema.json'), large);
  await dropFolder(bundle, backend.root, 'reads');
  expect((await backend.until(READS, 'rejected'))!.code).toBe('CONFIG_SCHEMA_INVALID');
});
