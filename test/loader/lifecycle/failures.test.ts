import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startBackend, type RunningBackend } from '../../support/backend';
import { dropFolder, fixtureBundle, type FixtureOptions } from '../../support/bundles';
import { GREETER, drop, greeterVersion } from '../../support/greeter';
import { tempDir } from '../../support/tempDir';

/** A bundle that fails, with the state, code and words that must say so. */
interface FailingBundle {
  what: string;
  fixture: string;
  state: 'failed' | 'rejected';
  code: string;
  says: string | RegExp;
  options?: FixtureOptions;
}

const failing: FailingBundle[] = [
  {
    what: 'throws in register',
    fixture: 'throws-in-register',
    state: 'failed',
    code: 'REGISTER_FAILED',
    says: 'register is broken',
  },
  { what: 'throws in init', fixture: 'throws-in-init', state: 'failed', code: 'INIT_FAILED', says: 'init is broken' },
  { what: 'hangs in init', fixture: 'hangs-in-init', state: 'failed', code: 'START_TIMEOUT', says: '3 s' },
  {
    what: 'hangs in a feature loader',
    fixture: 'hangs-in-loader',
    state: 'failed',
    code: 'START_TIMEOUT',
    says: '3 s',
  },
  {
    what: 'has a syntax error',
    fixture: 'syntax-error',
    state: 'failed',
    code: 'LOAD_FAILED',
    says: /syntax-error-dynamic\/index\.cjs:1/,
  },
  {
    what: 'imports what is not there',
    fixture: 'imports-nothing',
    state: 'failed',
    code: 'MODULE_NOT_FOUND',
    says: "'not-installed-anywhere'",
  },
  {
    what: 'imports what the host has but does not share',
    fixture: 'imports-unshared',
    state: 'failed',
    code: 'MODULE_NOT_FOUND',
    says: "'chokidar'",
  },
  {
    what: 'is of the old backend system',
    fixture: 'old-backend-system',
    state: 'rejected',
    code: 'LEGACY_BACKEND',
    says: 'createRouter',
  },
  { what: 'exports no feature', fixture: 'no-feature', state: 'rejected', code: 'NOT_A_FEATURE', says: 'helper' },
  {
    what: 'replaces a service of the host',
    fixture: 'replaces-a-service',
    state: 'rejected',
    code: 'SERVICE_REPLACEMENT_REFUSED',
    says: 'core.auth',
  },
  {
    what: 'depends on a service that nothing provides',
    fixture: 'wants-a-service',
    state: 'failed',
    code: 'INIT_FAILED',
    says: 'nobody.provides',
  },
  {
    what: 'mounts a root route',
    fixture: 'mounts-root-route',
    state: 'failed',
    code: 'ROOT_ROUTE_REFUSED',
    says: '/open-door',
  },
];

/** Short where its end is waited for; what else is loaded has to keep it too. */
function startTimeoutFor(fixture: string): { startTimeout?: string } {
  return fixture.startsWith('hangs-') ? { startTimeout: '3s' } : {};
}

async function failingBundle(parent: string, { fixture, options }: FailingBundle): Promise<string> {
  return fixtureBundle(parent, fixture, options);
}

describe('a bundle that fails', () => {
  test.each(failing)('and $what is $state with $code, and nothing else is disturbed', async (wrong) => {
    const backend = await startBackend({ dynamicPlugins: startTimeoutFor(wrong.fixture) });
    await drop(backend, 'greeter');
    const before = await backend.until(GREETER, 'running');
    await dropFolder(await failingBundle(await tempDir(), wrong), backend.root, 'wrong');
    const name = `${wrong.fixture}-dynamic`;
    const status = await backend.until(name, wrong.state);
    expect(status).toMatchObject({ code: wrong.code, message: expect.stringMatching(asPattern(wrong.says)) });
    expect(status!.hint).toBeTruthy();
    expect(status!.loaded).toBeUndefined();
    const after = (await backend.plugins()).find((plugin) => plugin.name === GREETER)!;
    // Its first health check may have come in between.
    const unchecked = (plugin: object): string =>
      JSON.stringify(plugin, (key, value: unknown) => (key === 'health' ? undefined : value), 2);
    expect(unchecked(after)).toBe(unchecked(before!));
    expect(await greeterVersion(backend)).toBe('1.0.0');
    expect((await backend.get('/.backstage/health/v1/readiness')).status).toBe(200);
    await rm(join(backend.root, 'wrong'), { recursive: true });
    await backend.until(name, 'gone');
  });

  test('beside good ones at boot does not keep the portal from becoming ready', async () => {
    const backend = await startBackend({
      // All of them load at once.
      dynamicPlugins: { startTimeout: '5s' },
      before: async (root) => {
        const parent = await tempDir();
        await dropFolder(await fixtureBundle(parent, 'greeter'), root, 'greeter');
        for (const wrong of failing) {
          await dropFolder(await failingBundle(parent, wrong), root, wrong.fixture);
        }
      },
    });
    expect((await backend.get('/.backstage/health/v1/readiness')).status).toBe(200);
    expect(await greeterVersion(backend)).toBe('1.0.0');
    const states = Object.fromEntries((await backend.plugins()).map(({ name, code }) => [name, code]));
    // Several claim the same plugin id: one that failed does not hold it, so each shows its own fault.
    expect(states).toEqual({
      ...Object.fromEntries(failing.map(({ fixture, code }) => [`${fixture}-dynamic`, code])),
      [GREETER]: undefined,
    });
  });
});

describe('an upgrade that fails', () => {
  const upgrades = ['throws-in-register', 'throws-in-init', 'hangs-in-init', 'syntax-error', 'old-backend-system'];

  test.each(upgrades)('because it is like %s leaves the previous generation serving', async (fixture) => {
    const backend = await startBackend({ dynamicPlugins: startTimeoutFor(fixture) });
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    const wrong = await fixtureBundle(await tempDir(), fixture, {
      version: '2.0.0',
      packageJson: { name: GREETER },
    });
    await dropFolder(wrong, backend.root, 'greeter');
    const status = await failedOrRejected(backend);
    expect(status).toMatchObject({ version: '2.0.0', loaded: { version: '1.0.0' } });
    expect(status.openedRoutes).toContainEqual({ pluginId: 'greeter', path: '/version', allow: 'unauthenticated' });
    expect(await greeterVersion(backend)).toBe('1.0.0');
    expect((await backend.get('/api/greeter/secret')).status).toBe(401);
    await drop(backend, 'greeter', { version: '2.0.1' });
    await backend.until(GREETER, 'running', '2.0.1');
    expect(await greeterVersion(backend)).toBe('2.0.1');
  });
});

async function failedOrRejected(
  backend: RunningBackend,
): Promise<NonNullable<Awaited<ReturnType<typeof backend.until>>>> {
  const found = await Promise.any([backend.until(GREETER, 'failed'), backend.until(GREETER, 'rejected')]);
  return found!;
}

function asPattern(says: string | RegExp): RegExp {
  return says instanceof RegExp ? says : new RegExp(says.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}
