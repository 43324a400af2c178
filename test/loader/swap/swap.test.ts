import { describe, expect, test } from 'vitest';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startBackend } from '../../support/backend';
import { GREETER, drop, greeterVersion } from '../../support/greeter';
import { holdRequest } from '../../support/heldRequest';
import { pluginProcesses } from '../../support/processes';
import { waitFor } from '../../support/waitFor';

describe.each(['in-process', 'process'] as const)('a swap of a plugin that runs %s', (isolation) => {
  test('fails no request, however often it happens under load', async () => {
    const backend = await startBackend({ dynamicPlugins: { isolation } });
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    const seen = new Map<string | number, number>();
    let going = true;
    const clients = Array.from({ length: 3 }, async () => {
      while (going) {
        const answer = await greeterVersion(backend).catch((error: Error) => error.message);
        seen.set(answer, (seen.get(answer) ?? 0) + 1);
      }
    });
    const underLoad = (version: string): Promise<boolean> =>
      waitFor(`answers of ${version}`, async () => seen.get(version)! > 100);
    await underLoad('1.0.0');
    const versions = ['1.0.1', '1.0.2', '1.0.3', '1.0.4', '1.0.5'];
    for (const version of versions) {
      await drop(backend, 'greeter', { version });
      await backend.until(GREETER, 'running', version);
      await underLoad(version);
    }
    going = false;
    await Promise.all(clients);
    expect([...seen.keys()].sort()).toEqual(['1.0.0', ...versions]);
  });

  test('lets a request in flight finish on the generation that took it', async () => {
    const backend = await startBackend({ dynamicPlugins: { isolation, drainTimeout: '2m' } });
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    const { answer, release } = await holdRequest(backend);
    await drop(backend, 'greeter', { version: '2.0.0' });
    await backend.until(GREETER, 'running', '2.0.0');
    expect(await greeterVersion(backend)).toBe('2.0.0');
    expect(backend.logs.join('\n')).not.toContain('greeter 1.0.0 has stopped');
    release();
    expect(await (await answer).json()).toEqual({ version: '1.0.0' });
    await expect.poll(() => backend.logs.join('\n')).toContain('greeter 1.0.0 has stopped');
  });

  test('ends a stream that outlives the drain timeout, cleanly', async () => {
    const backend = await startBackend({ dynamicPlugins: { isolation, drainTimeout: '500ms' } });
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    const stream = await backend.get('/api/greeter/stream');
    const text = stream.text();
    await drop(backend, 'greeter', { version: '2.0.0' });
    await backend.until(GREETER, 'running', '2.0.0');
    expect(await text).toMatch(/^first\n(more\n)+$/);
    await expect.poll(() => backend.logs.join('\n')).toContain('greeter 1.0.0 has stopped');
  });

  test('ends a request that never answers with 503 when the bundle is removed', async () => {
    const backend = await startBackend({ dynamicPlugins: { isolation, drainTimeout: '500ms' } });
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    const { answer } = await holdRequest(backend);
    await rm(join(backend.root, 'greeter'), { recursive: true });
    const response = await answer;
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    await backend.until(GREETER, 'gone');
    expect(await greeterVersion(backend)).toBe(404);
  });

  test('leaves no subscription of an earlier generation to the config', async () => {
    const subscriptions = new Set<() => void>();
    const backend = await startBackend({
      subscribe: (onChange) => {
        subscriptions.add(onChange);
        return { unsubscribe: () => void subscriptions.delete(onChange) };
      },
    });
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    const before = subscriptions.size;
    for (let round = 1; round <= 3; round++) {
      await drop(backend, 'greeter', { version: `1.0.${round}` });
      await backend.until(GREETER, 'running', `1.0.${round}`);
    }
    await expect.poll(() => subscriptions.size).toBe(before);
    expect(before).toBeGreaterThan(0);
  });
});

describe('many swaps', () => {
  test('leaves no module of an earlier generation in memory', async () => {
    const backend = await startBackend();
    for (let round = 0; round < 10; round++) {
      await drop(backend, 'greeter', { version: `1.0.${round}` });
      await backend.until(GREETER, 'running', `1.0.${round}`);
    }
    const loaded = Object.keys((await import('node:module')).createRequire(import.meta.url).cache);
    expect(loaded.filter((file) => file.startsWith(backend.stateDir)).length).toBeLessThanOrEqual(2);
  });

  test('leave no process of an earlier generation', async () => {
    const backend = await startBackend({ dynamicPlugins: { isolation: 'process' } });
    for (let round = 0; round < 5; round++) {
      await drop(backend, 'greeter', { version: `1.0.${round}` });
      await backend.until(GREETER, 'running', `1.0.${round}`);
    }
    await expect.poll(() => pluginProcesses(process.pid)).toHaveLength(1);
    await expect.poll(() => readdir(join(backend.stateDir, 'run'))).toHaveLength(1);
    await backend.stop();
    expect(await pluginProcesses(process.pid)).toEqual([]);
  });
});
