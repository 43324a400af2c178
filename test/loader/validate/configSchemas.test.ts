import { generateKeyPairSync } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { PluginStatus } from '@stagedoor/loader';
import { startBackend } from '../../support/backend';
import { dropFolder, fixtureBundle } from '../../support/bundles';
import { freePort } from '../../support/freePort';
import { GREETER, drop, greeterVersion } from '../../support/greeter';
import { tempDir } from '../../support/tempDir';

const ROWS = 'backstage-plugin-stores-rows-backend-dynamic';

/** A pattern that takes longer than the world lasts to fail. */
const ENDLESS = '^((([a-z:/0-9]+)+)+)!$';

/** The files of a bundle whose schema says this. */
function withSchema(schema: object | string): { files: Record<string, string> } {
  return { files: { 'dist/.config-schema.json': typeof schema === 'string' ? schema : JSON.stringify(schema) } };
}

/** What app-config's `app.baseUrl` must be. */
function baseUrl(schema: object): object {
  return { type: 'object', properties: { app: { type: 'object', properties: { baseUrl: schema } } } };
}

const nested = (levels: number): string =>
  '{"type":"object","properties":{"a":'.repeat(levels) + '{"type":"string"}' + '}}'.repeat(levels);

const doubled = Object.fromEntries(
  Array.from({ length: 26 }, (_, index) => {
    const next = { $ref: `#/definitions/d${index + 1}` };
    return [`d${index}`, index < 25 ? { allOf: [next, next] } : { type: 'object' }];
  }),
);

const products = Array.from({ length: 9 }, (_, all) => ({
  anyOf: Array.from({ length: 10 }, (_unused, any) => ({ properties: { [`k${all}_${any}`]: { type: 'string' } } })),
}));

describe('a config schema that would stop the portal', () => {
  test('is given up, and neither the start of the portal nor another plugin waits for it', async () => {
    const home = await tempDir();
    await mkdir(join(home, 'root'));
    const evil = withSchema(baseUrl({ type: 'string', pattern: ENDLESS }));
    await dropFolder(await fixtureBundle(home, 'greeter', evil), join(home, 'root'), 'a');
    const good = withSchema(baseUrl({ type: 'string' }));
    await dropFolder(await fixtureBundle(home, 'stores-rows', good), join(home, 'root'), 'b');
    const backend = await startBackend({ home });
    const atStart = await backend.plugins();
    expect(atStart.find(({ name }) => name === ROWS)).toMatchObject({ state: 'running' });
    expect(atStart.find(({ name }) => name === GREETER)).toMatchObject({ state: 'staging' });
    // It may start yet: whoever asks for it waits as for any plugin that starts.
    let answered = false;
    const answer = backend.get('/api/greeter/version').finally(() => (answered = true));
    await sleep(500);
    expect(answered).toBe(false);
    // As long as Backstage holds requests, or until the check is over.
    expect([404, 503]).toContain((await answer).status);
    const refused = await backend.until(GREETER, 'rejected');
    expect(refused).toMatchObject({ code: 'CONFIG_SCHEMA_LIMIT', hint: expect.stringContaining('Simplify') });
    expect(refused!.message).toMatch(/takes more than 10 s/);
    expect((await backend.get('/api/greeter/version')).status).toBe(404);
  });

  test('does not leave out others that wait for their turn', async () => {
    const home = await tempDir();
    const root = join(home, 'root');
    await mkdir(root);
    for (const id of ['a', 'b', 'c', 'd']) {
      const packageJson = { name: `${id}-dynamic`, backstage: { role: 'backend-plugin', pluginId: id } };
      const evil = { packageJson, ...withSchema(baseUrl({ type: 'string', pattern: ENDLESS })) };
      await dropFolder(await fixtureBundle(home, 'greeter', evil), root, id);
    }
    const good = withSchema(baseUrl({ type: 'string' }));
    await dropFolder(await fixtureBundle(home, 'stores-rows', good), root, 'e');
    const backend = await startBackend({ home });
    expect((await backend.plugins()).find(({ name }) => name === ROWS)).toMatchObject({ state: 'running' });
  });

  test('does not hold up a request while it is checked', async () => {
    const backend = await startBackend();
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    await drop(backend, 'stores-rows', withSchema(baseUrl({ pattern: ENDLESS })));
    await backend.until(ROWS, 'staging');
    const start = Date.now();
    let slowest = 0;
    while (Date.now() - start < 3000) {
      const sent = performance.now();
      expect(await greeterVersion(backend)).toBe('1.0.0');
      slowest = Math.max(slowest, performance.now() - sent);
      await sleep(20);
    }
    expect(slowest).toBeLessThan(2000);
    // Others are checked meanwhile.
    await drop(backend, 'greeter', { version: '2.0.0', ...withSchema(baseUrl({ type: 'string' })) });
    await backend.until(GREETER, 'running', '2.0.0');
    expect((await backend.plugins()).find(({ name }) => name === ROWS)).toMatchObject({ state: 'staging' });
  });

  test.each([
    ['is nested too deeply', nested(20_000), /100 levels/],
    ['holds too many properties', { properties: names(60_000, () => ({ type: 'string' })) }, /too many properties/],
    ['holds too many patterns', { properties: names(600, (index) => ({ pattern: `^a${index}` })) }, /500 patterns/],
    ['holds a pattern of a length', { properties: { a: { pattern: 'a'.repeat(2000) } } }, /1000 characters/],
    ['refers to a file', { properties: { a: { $ref: 'file:///etc/passwd' } } }, /refers to "file:/],
    ['refers to an address', { properties: { a: { $ref: 'http://127.0.0.1:1/x.json' } } }, /refers to "http:/],
  ])('because it %s is refused unseen', async (_what, schema, says) => {
    const backend = await startBackend();
    await drop(backend, 'greeter', withSchema(schema));
    const refused = await backend.until(GREETER, 'rejected');
    expect(refused).toMatchObject({ code: 'CONFIG_SCHEMA_LIMIT', message: expect.stringMatching(says) });
  });

  test.each([
    ['multiplies as it is merged', { type: 'object', allOf: products }],
    ['multiplies as it is followed', { properties: { a: { $ref: '#/definitions/d0' } }, definitions: doubled }],
  ])('because it %s ends in the time and memory that it is given', async (_what, schema) => {
    const backend = await startBackend();
    await drop(backend, 'greeter', withSchema(schema));
    await expect
      .poll(async () => (await backend.plugins()).find(({ name }) => name === GREETER)?.state, { timeout: 40_000 })
      .toMatch(/running|rejected/);
    expect((await backend.get('/.backstage/health/v1/readiness')).status).toBe(200);
  });

  test('is not looked at where policy refuses the bundle', async () => {
    const home = await tempDir();
    await mkdir(join(home, 'root'));
    const evil = withSchema(baseUrl({ pattern: ENDLESS }));
    await dropFolder(await fixtureBundle(home, 'greeter', evil), join(home, 'root'), 'a');
    const { publicKey } = generateKeyPairSync('ed25519');
    const key = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const backend = await startBackend({
      home,
      dynamicPlugins: { signatures: { mode: 'require', trustedKeys: [key] } },
    });
    const [atStart] = await backend.plugins();
    expect(atStart).toMatchObject({ name: GREETER, state: 'rejected', code: 'SIGNATURE_MISSING' });
  });

  test('does not stop the portal when app-config changes', async () => {
    const config = { app: { baseUrl: 'http://x!' } };
    let changed = (): void => {};
    const backend = await startBackend({
      config,
      subscribe: (onChange) => {
        changed = onChange;
        return { unsubscribe: () => {} };
      },
    });
    const visible = { type: 'string', pattern: '^((([a-z:/0-9]+)+)+)!$', visibility: 'frontend' };
    await drop(backend, 'greeter', withSchema(baseUrl(visible)));
    await backend.until(GREETER, 'running');
    config.app.baseUrl = `http://${'x'.repeat(60)}`;
    const start = Date.now();
    changed();
    expect(await greeterVersion(backend)).toBe('1.0.0');
    expect(Date.now() - start).toBeLessThan(2000);
  });
});

describe('a config schema that app-config matched before', () => {
  test('is not compiled again by the next start, and is where app-config, the schema or nothing is as it was', async () => {
    const home = await tempDir();
    const port = await freePort();
    const schemaOf = (title: string): object =>
      withSchema({ ...baseUrl({ type: 'string', pattern: '^http:' }), title });
    let threads = 0;
    const count = (): void => void (threads += 1);
    process.on('worker', count);
    onTestFinished(() => void process.off('worker', count));
    const start = async (config: Record<string, unknown>, title = 'first'): Promise<[PluginStatus, number]> => {
      threads = 0;
      const root = join(home, 'root');
      await mkdir(root, { recursive: true });
      await dropFolder(await fixtureBundle(await tempDir(), 'greeter', schemaOf(title)), root, 'greeter');
      const backend = await startBackend({ home, port, config });
      const [status] = await backend.plugins();
      await backend.stop();
      return [status!, threads];
    };
    const running = expect.objectContaining({ state: 'running' });
    const refused = expect.objectContaining({ state: 'rejected', code: 'CONFIG_INVALID' });

    expect(await start({})).toEqual([running, 1]);
    expect(await start({})).toEqual([running, 0]);
    expect(await start({}, 'second')).toEqual([running, 1]);
    expect(await start({ title: 'else' }, 'second')).toEqual([running, 1]);
    expect(await start({ title: 'else' }, 'second')).toEqual([running, 0]);
    expect(await start({ app: { baseUrl: 'ftp://x' } }, 'second')).toEqual([refused, 1]);
    expect(await start({ app: { baseUrl: 'ftp://x' } }, 'second')).toEqual([refused, 1]);
    expect(await start({ title: 'else' }, 'second')).toEqual([running, 0]);
    await rm(join(home, 'state/compiled'), { recursive: true });
    expect(await start({ title: 'else' }, 'second')).toEqual([running, 1]);
  });
});

/** That many members. */
function names(count: number, value: (index: number) => object): Record<string, object> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, value(index)]));
}
