import { describe, expect, test } from 'vitest';
import { startBackend } from '../../support/backend';
import { GREETER, drop, greeterVersion } from '../../support/greeter';
import { isRunning } from '../../support/processes';

describe('a plugin in a process of its own', () => {
  test('answers at the same address, under the same rules, from another process', async () => {
    const backend = await startBackend({ dynamicPlugins: { isolation: 'process' } });
    await drop(backend, 'greeter');
    const status = await backend.until(GREETER, 'running');
    expect(await greeterVersion(backend)).toBe('1.0.0');
    expect((await backend.get('/api/greeter/secret')).status).toBe(401);
    expect((await backend.get('/api/greeter/none')).status).toBe(401);
    expect(status).toMatchObject({ isolation: 'process', pluginIds: ['greeter'], process: { restarts: 0 } });
    expect(status!.openedRoutes.map(({ path }) => path)).toEqual(['/version', '/slow', '/stream', '/words']);
    const { pid } = status!.process!;
    expect(pid).not.toBe(process.pid);
    expect(isRunning(pid)).toBe(true);
    await backend.stop();
    expect(backend.logs.join('\n')).toContain('greeter 1.0.0 has stopped');
    expect(isRunning(pid)).toBe(false);
  });
});
