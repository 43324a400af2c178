import { cp } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { PluginStatus } from '@stagedoor/loader';
import { adminApi } from '../../support/adminApi';
import type { RunningBackend } from '../../support/backend';
import { FAULTY, commit, startFaulty, startIsolating, untilRestarted } from '../../support/faulty';
import { drop } from '../../support/greeter';
import { pluginProcesses, isRunning } from '../../support/processes';
import { tempDir } from '../../support/tempDir';

describe('a process of a plugin that ends', () => {
  test.each([
    ['calls process.exit', 'exit', 'PROCESS_ENDED', 'ended with code 7'],
    ['throws in a timer', 'throw', 'PROCESS_ENDED', 'ended with code 1'],
    ['is killed', 'kill', 'PROCESS_ENDED', 'ended by SIGKILL'],
  ])('because it %s is started again, and says why', async (_what, fault, code, said) => {
    const backend = await startFaulty();
    const { pid } = backend;
    await commit(backend, fault);
    const down = await backend.until(FAULTY, 'backoff');
    expect(down).toMatchObject({ code, attempt: 1 });
    expect(down!.message).toContain(said);
    const answer = await backend.get('/api/faulty/ping');
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await answer.json()).toMatchObject({ error: { code: 'PROCESS_UNAVAILABLE' } });
    const up = await untilRestarted(backend, pid);
    expect(up.process).toMatchObject({ restarts: 1 });
    expect(up.code).toBeUndefined();
    expect((await backend.get('/api/faulty/ping')).status).toBe(200);
    if (fault === 'throw') expect(backend.logs.join('\n')).toMatch(/error Uncaught exception.*thrown in a timer/);
  });

  test('in the middle of an answer breaks that answer off, and answers what has none with 503', async () => {
    const backend = await startFaulty();
    const hangs = backend.get('/api/faulty/hangs');
    const begun = await backend.get('/api/faulty/breaks-off');
    await expect(begun.text()).rejects.toThrow();
    expect((await hangs).status).toBe(503);
  });

  test('because it listens no more is started again', async () => {
    const backend = await startFaulty({ dynamicPlugins: { health: { interval: '200ms' } } });
    await commit(backend, 'unlisten');
    const up = await untilRestarted(backend, backend.pid);
    expect(up.process).toMatchObject({ restarts: 1 });
    expect((await backend.get('/api/faulty/ping')).status).toBe(200);
  });

  test('because a request finds that it listens no more is started again at once', async () => {
    const backend = await startFaulty();
    await commit(backend, 'unlisten');
    // A connection that is kept alive still serves; parallel requests open others.
    const all = await Promise.all(Array.from({ length: 8 }, () => backend.get('/api/faulty/ping')));
    expect(all.map(({ status }) => status)).toContain(503);
    const down = await backend.until(FAULTY, 'backoff');
    expect(down).toMatchObject({ code: 'PLUGIN_UNHEALTHY', message: expect.stringContaining('no longer listened') });
    await untilRestarted(backend, backend.pid);
    expect((await backend.get('/api/faulty/ping')).status).toBe(200);
  });

  test('for want of memory says so', async () => {
    const backend = await startFaulty({ dynamicPlugins: { process: { memoryLimitMb: 64 } } });
    void commit(backend, 'oom');
    const down = await backend.until(FAULTY, 'backoff');
    expect(down).toMatchObject({ code: 'PROCESS_OUT_OF_MEMORY', details: { reason: 'oom' } });
    await untilRestarted(backend, backend.pid);
  });

  test('may not take memory past the heap either', async () => {
    const backend = await startFaulty({ dynamicPlugins: { plugins: { faulty: { memoryLimitMb: 64 } } } });
    void commit(backend, 'buffers');
    expect(await backend.until(FAULTY, 'backoff')).toMatchObject({ code: 'PROCESS_OUT_OF_MEMORY' });
  });

  test.each(['grandchild', 'daemon'])('takes along what it had started, such as a %s', async (what) => {
    const backend = await startFaulty();
    const { pid } = (await (await backend.get(`/api/faulty/${what}`)).json()) as { pid: number };
    expect(isRunning(pid)).toBe(true);
    await commit(backend, 'exit');
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  test('too often is quarantined, over a restart of the portal too, until it is reloaded or dropped anew', async () => {
    const home = await tempDir();
    const before = await startFaulty({ home });
    const status = await quarantine(before);
    expect(status).toMatchObject({ code: 'PLUGIN_QUARANTINED' });
    expect(status.message).toContain('SIGKILL');
    await expectQuarantined(before);
    await before.stop();
    const copy = await tempDir();
    await cp(home, copy, { recursive: true, verbatimSymlinks: true });

    const reloaded = await startIsolating({ home });
    await expectQuarantined(reloaded);
    expect(await pluginProcesses(process.pid)).toEqual([]);
    await (await adminApi(reloaded)).call('POST', `/plugins/${FAULTY}/reload`);
    await reloaded.until(FAULTY, 'running');
    expect((await reloaded.get('/api/faulty/ping')).status).toBe(200);
    await reloaded.stop();

    const dropped = await startIsolating({ home: copy });
    await expectQuarantined(dropped);
    await drop(dropped, 'faulty', { version: '1.0.1' });
    await dropped.until(FAULTY, 'running', '1.0.1');
    expect((await dropped.get('/api/faulty/ping')).status).toBe(200);
  });
});

async function expectQuarantined(backend: RunningBackend): Promise<void> {
  await backend.until(FAULTY, 'quarantined');
  const answer = await backend.get('/api/faulty/ping');
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '300']);
  expect(await answer.json()).toMatchObject({ error: { code: 'PLUGIN_QUARANTINED' } });
}

/** Ends the plugin's process until it is not started any more. */
async function quarantine(backend: RunningBackend & { pid: number }): Promise<PluginStatus> {
  for (let { pid } = backend, crash = 1; crash <= 5; crash++) {
    process.kill(pid, 'SIGKILL');
    if (crash < 5) ({ pid } = (await untilRestarted(backend, pid)).process!);
  }
  return (await backend.until(FAULTY, 'quarantined'))!;
}

function median(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[numbers.length >> 1]!;
}

describe('a process of a plugin that does not end', () => {
  test('but hangs in a loop is ended when it gives no sign of life, and started again', async () => {
    const backend = await startFaulty();
    const answer = commit(backend, 'loop');
    expect(await backend.until(FAULTY, 'backoff')).toMatchObject({ code: 'PROCESS_HUNG' });
    expect(await answer).toBe(503);
    expect(isRunning(backend.pid)).toBe(false);
    await untilRestarted(backend, backend.pid);
  });

  test.each([
    ['loops while its code is loaded', { loadFault: 'loop' }],
    ['loops in its init', { initFault: 'loop' }],
    ['never ends its init', { initFault: 'never' }],
  ])('but %s has failed after the start timeout, and leaves no process', async (_what, packageJson) => {
    const backend = await startIsolating({ dynamicPlugins: { startTimeout: '3s' } });
    await drop(backend, 'faulty', { packageJson });
    expect(await backend.until(FAULTY, 'failed')).toMatchObject({ code: 'START_TIMEOUT' });
    await expect.poll(() => pluginProcesses(process.pid)).toEqual([]);
  });

  test('but a rejection that nobody handles is logged, and it goes on', async () => {
    const backend = await startFaulty();
    await commit(backend, 'reject');
    await expect.poll(() => backend.logs.join('\n')).toMatch(/error Unhandled rejection.*rejected by nobody/);
    expect(await (await backend.get('/api/faulty/ping')).json()).toMatchObject({ pid: backend.pid });
  });

  test.each([['flood'], ['floodOneLine']])(
    'but floods its output (%s) costs the portal neither memory nor time, and goes on or is ended',
    async (fault) => {
      const backend = await startFaulty();
      const ask = async (): Promise<number> => {
        const began = performance.now();
        expect((await backend.get('/api/auth/guest/refresh')).status).toBe(200);
        return performance.now() - began;
      };
      const quiet: number[] = [];
      for (let turn = 0; turn < 9; turn++) quiet.push(await ask());
      const before = process.memoryUsage().rss;
      const began = performance.now();
      const flooded: number[] = [];
      void commit(backend, fault);
      for (let second = 0; second < 5; second++) {
        flooded.push(await ask());
        await sleep(1000);
      }
      const seconds = (performance.now() - began) / 1000;
      // The flood takes processors too: what would take a hundred times as long is the portal reading it.
      expect(median(flooded)).toBeLessThan(100 * median(quiet));
      expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
      // Twice what a plugin may log.
      expect(backend.logs.length).toBeLessThan(2 * (1000 + 200 * seconds));
    },
  );
});

describe('a plugin that fails in its process', () => {
  test.each([
    ['in its init', { initFault: 'exit' }],
    ['while its code is loaded', { loadFault: 'exit' }],
  ])('%s does not start, as it would not in the portal', async (_what, packageJson) => {
    const backend = await startIsolating();
    await drop(backend, 'faulty', { packageJson });
    expect(await backend.until(FAULTY, 'failed')).toMatchObject({ code: 'PROCESS_ENDED' });
    expect((await backend.get('/api/faulty/ping')).status).toBe(404);
  });

  test('leaves the generation before it serving', async () => {
    const backend = await startFaulty();
    await drop(backend, 'faulty', { version: '2.0.0', packageJson: { initFault: 'exit' } });
    expect(await backend.until(FAULTY, 'failed')).toMatchObject({ loaded: { version: '1.0.0' } });
    expect(await (await backend.get('/api/faulty/ping')).json()).toEqual({ version: '1.0.0', pid: backend.pid });
  });

  test('cannot speak for others by writing to the channel of the portal', async () => {
    const backend = await startFaulty();
    expect(await commit(backend, 'forge')).toBe(200);
    await expect.poll(() => backend.logs.join('\n')).toContain('forged');
    // What comes over the channel later has been taken after all that was forged.
    await backend.get('/api/faulty/logs');
    await expect.poll(() => backend.logs.join('\n')).toContain('said at info');
    expect((await backend.get('/api/auth/guest/refresh')).status).toBe(200);
    expect(await (await backend.get('/api/faulty/ping')).json()).toMatchObject({ pid: backend.pid });
  });
});
