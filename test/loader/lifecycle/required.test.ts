import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { adminApi } from '../../support/adminApi';
import { startBackend, type RunningBackend } from '../../support/backend';
import { GREETER, drop } from '../../support/greeter';

async function readiness(backend: RunningBackend): Promise<number> {
  return (await backend.get('/.backstage/health/v1/readiness')).status;
}

describe('dynamicPlugins.required', () => {
  test.each([
    ['a plugin id', 'greeter'],
    ['a package name', GREETER],
  ])('with %s keeps the portal from being ready while that does not run', async (_, required) => {
    const backend = await startBackend({ dynamicPlugins: { required: [required] } });
    expect(await readiness(backend)).toBe(503);
    expect((await backend.get('/.backstage/health/v1/liveness')).status).toBe(200);
    expect(backend.logs.join('\n')).toContain(`Not ready: ${required} is not running`);
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    expect(await readiness(backend)).toBe(200);

    const { call } = await adminApi(backend);
    await call('POST', `/plugins/${GREETER}/disable`);
    expect(await readiness(backend)).toBe(503);
    await call('POST', `/plugins/${GREETER}/enable`);
    expect(await readiness(backend)).toBe(200);
    await rm(join(backend.root, 'greeter'), { recursive: true });
    await backend.until(GREETER, 'gone');
    expect(await readiness(backend)).toBe(503);
  });

  test('is content with an earlier build while a newer one fails', async () => {
    const backend = await startBackend({ dynamicPlugins: { required: ['greeter'] } });
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    await drop(backend, 'greeter', { version: '2.0.0', packageJson: { main: 'absent.cjs' } });
    await backend.until(GREETER, 'rejected');
    expect(await readiness(backend)).toBe(200);
  });

  test('may name plugins of the portal itself', async () => {
    const backend = await startBackend({ dynamicPlugins: { required: ['auth'] } });
    expect(await readiness(backend)).toBe(200);
  });

  test('left out lets the portal be ready whatever becomes of a plugin', async () => {
    const backend = await startBackend();
    await drop(backend, 'throws-in-init');
    await backend.until('throws-in-init-dynamic', 'failed');
    expect(await readiness(backend)).toBe(200);
  });
});
