import { coreServices, createBackendPlugin, createExtensionPoint } from '@backstage/backend-plugin-api';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startBackend } from '../../support/backend';
import { dropFolder, fixtureBundle } from '../../support/bundles';
import { GREETER, drop, greeterVersion, greeterWords } from '../../support/greeter';
import { tempDir } from '../../support/tempDir';

const WORD = 'greeter-module-word-dynamic';
const BROKEN = 'greeter-module-broken-dynamic';

const wordsExtensionPoint = createExtensionPoint<{ addWord(word: string): void }>({ id: 'greeter.words' });

/** The greeter as a plugin of the portal itself; `inits` counts how often it was built. */
function staticGreeter(inits: { count: number }): ReturnType<typeof createBackendPlugin> {
  return createBackendPlugin({
    pluginId: 'greeter',
    register(env) {
      const words: string[] = [];
      env.registerExtensionPoint(wordsExtensionPoint, { addWord: (word) => void words.push(word) });
      env.registerInit({
        deps: { httpRouter: coreServices.httpRouter },
        async init({ httpRouter }) {
          inits.count++;
          httpRouter.addAuthPolicy({ path: '/words', allow: 'unauthenticated' });
          httpRouter.use((_request, response) => void response.json({ words }));
        },
      });
    },
  });
}

describe('a module bundle', () => {
  test('rebuilds the unit of a dynamic plugin when it comes, changes and goes', async () => {
    const backend = await startBackend();
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    expect(await greeterWords(backend)).toEqual([]);
    await drop(backend, 'greeter-module-word');
    const status = await backend.until(WORD, 'running');
    expect(status!.modules).toEqual([{ pluginId: 'greeter', moduleId: 'word' }]);
    expect(await greeterWords(backend)).toEqual(['hello']);
    await drop(backend, 'greeter-module-word', { version: '2.0.0' });
    await backend.until(WORD, 'running', '2.0.0');
    expect(await greeterWords(backend)).toEqual(['hello']);
    await rm(join(backend.root, 'greeter-module-word'), { recursive: true });
    await backend.until(WORD, 'gone');
    expect(await greeterWords(backend)).toEqual([]);
  });

  test('rebuilds the unit of a static plugin', async () => {
    const inits = { count: 0 };
    const backend = await startBackend({ prepare: (portal) => portal.add(staticGreeter(inits)) });
    expect(await greeterWords(backend)).toEqual([]);
    await drop(backend, 'greeter-module-word');
    await backend.until(WORD, 'running');
    expect(await greeterWords(backend)).toEqual(['hello']);
    await rm(join(backend.root, 'greeter-module-word'), { recursive: true });
    await backend.until(WORD, 'gone');
    expect(await greeterWords(backend)).toEqual([]);
    expect(inits.count).toBe(3);
  });

  test('waits for its plugin, joins when it comes and waits again when it goes', async () => {
    const backend = await startBackend();
    await drop(backend, 'greeter-module-word');
    const waiting = await backend.until(WORD, 'waiting');
    expect(waiting).toMatchObject({ code: 'PLUGIN_ABSENT', message: expect.stringContaining("'greeter'") });
    // Each change of another bundle looks at all states again.
    for (const version of ['1.0.0', '2.0.0']) {
      await drop(backend, 'calls', { version });
      await backend.until('calls-dynamic', 'running', version);
    }
    expect(backend.logs.filter((line) => line.includes(`${WORD}@1.0.0: waiting`))).toHaveLength(1);
    expect((await backend.plugins()).find(({ name }) => name === WORD)).toEqual(waiting);
    await drop(backend, 'greeter');
    await backend.until(WORD, 'running');
    expect(await greeterWords(backend)).toEqual(['hello']);
    await rm(join(backend.root, 'greeter'), { recursive: true });
    await backend.until(WORD, 'waiting');
    expect(await greeterVersion(backend)).toBe(404);
    await drop(backend, 'greeter', { version: '3.0.0' });
    await backend.until(WORD, 'running');
    expect(await greeterVersion(backend)).toBe('3.0.0');
    expect(await greeterWords(backend)).toEqual(['hello']);
  });

  test('that fails is left out, and the plugin goes on serving', async () => {
    const backend = await startBackend();
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    await drop(backend, 'greeter-module-broken');
    const status = await backend.until(BROKEN, 'failed');
    expect(status).toMatchObject({ code: 'INIT_FAILED', message: expect.stringContaining('no words today') });
    expect((await backend.plugins()).find(({ name }) => name === GREETER)).toMatchObject({ state: 'running' });
    expect(await greeterVersion(backend)).toBe('1.0.0');
  });

  test('that fails while it waited does not keep its plugin, nor other modules, from starting', async () => {
    const backend = await startBackend();
    await drop(backend, 'greeter-module-broken');
    await drop(backend, 'greeter-module-word');
    await backend.until(BROKEN, 'waiting');
    await backend.until(WORD, 'waiting');
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    await backend.until(WORD, 'running');
    expect(await backend.until(BROKEN, 'failed')).toMatchObject({ code: 'INIT_FAILED' });
    expect(await greeterWords(backend)).toEqual(['hello']);
  });

  test('that fails at boot is left out of a static plugin', async () => {
    const backend = await startBackend({
      prepare: (portal) => portal.add(staticGreeter({ count: 0 })),
      before: async (root) => {
        const parent = await tempDir();
        for (const name of ['greeter-module-broken', 'greeter-module-word']) {
          await dropFolder(await fixtureBundle(parent, name), root, name);
        }
      },
    });
    expect(await backend.until(BROKEN, 'failed')).toMatchObject({ code: 'INIT_FAILED' });
    await backend.until(WORD, 'running');
    expect(await greeterWords(backend)).toEqual(['hello']);
  });

  test('with the id of a running module is rejected with both names', async () => {
    const backend = await startBackend();
    await drop(backend, 'greeter');
    await drop(backend, 'greeter-module-word');
    await backend.until(WORD, 'running');
    const twin = await fixtureBundle(await tempDir(), 'greeter-module-word', { packageJson: { name: 'twin-dynamic' } });
    await dropFolder(twin, backend.root, 'twin');
    const status = await backend.until('twin-dynamic', 'rejected');
    expect(status).toMatchObject({ code: 'MODULE_ID_CONFLICT', details: { claimant: 'twin-dynamic', holder: WORD } });
    await rm(join(backend.root, 'greeter-module-word'), { recursive: true });
    await backend.until('twin-dynamic', 'running');
    expect(await greeterWords(backend)).toEqual(['hello']);
  });
});
