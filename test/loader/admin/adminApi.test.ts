import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { adminApi } from '../../support/adminApi';
import { recordingAuditor } from '../../support/auditor';
import { startBackend, type BackendOptions } from '../../support/backend';
import { GREETER, drop, greeterVersion } from '../../support/greeter';
import { withPolicy } from '../../support/policy';

const WRITES = ['reload', 'disable', 'enable', 'rollback'];

interface ErrorBody {
  error: { name: string; code: string; message: string; hint: string };
}

/** The permission backend with a policy that knows the earlier name of the permission for writes, and no operators. */
const denying: Pick<BackendOptions, 'config' | 'dynamicPlugins' | 'prepare'> = {
  config: { permission: { enabled: true } },
  dynamicPlugins: { operators: [] },
  prepare: withPolicy(({ name }) => name !== 'dynamic-plugins.manage'),
};

describe('the description of the admin API', () => {
  test('is valid OpenAPI 3.1', async () => {
    const { description } = await adminApi(await startBackend());
    const validator = new Validator();
    const result = await validator.validate(structuredClone(description) as unknown as Record<string, unknown>);
    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
    expect(validator.version).toBe('3.1');
  });

  test('has every path of the API, and no other', async () => {
    const backend = await startBackend();
    const { description, call } = await adminApi(backend);
    const token = await backend.token();
    for (const [template, methods] of Object.entries(description.paths)) {
      const path = template.replace(/\{\w+\}/, 'absent');
      for (const method of ['get', 'post', 'put', 'delete']) {
        const response = await fetch(`${backend.url}/api/dynamic-plugins${path}`, {
          method: method.toUpperCase(),
          headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
        });
        const known = Object.hasOwn(methods, method);
        if (known && template === '/v1/events') await response.body!.cancel();
        else if (known && response.ok) await response.arrayBuffer();
        else {
          const { error } = (await response.json()) as ErrorBody;
          expect([known, error.code], `${method} ${path}`).not.toEqual([true, 'ROUTE_UNKNOWN']);
          if (!known) expect([404, 'ROUTE_UNKNOWN']).toEqual([response.status, error.code]);
        }
      }
    }
    await expect(call('GET', '/plugins-of-mine')).rejects.toThrow('GET /plugins-of-mine 404 is not described');
  });
});

describe('the admin API', () => {
  test('answers 401 with the coded body to everybody without a session, on every path', async () => {
    const backend = await startBackend();
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    const { description, call } = await adminApi(backend);
    for (const [template, methods] of Object.entries(description.paths)) {
      const path = template
        .slice('/v1'.length)
        .replace('{name}', GREETER)
        .replace(/\{\w+\}/, 'greeter');
      for (const method of Object.keys(methods)) {
        for (const token of [undefined, 'no-token']) {
          const { status, body } = await call<ErrorBody>(method.toUpperCase(), path, { token });
          expect(status).toBe(401);
          expect(body.error).toMatchObject({ name: 'AuthenticationError', code: 'NOT_SIGNED_IN' });
          expect(body.error.hint).not.toBe('');
        }
      }
    }
    expect(await greeterVersion(backend)).toBe('1.0.0');
  });

  test('finds a bundle by its name, percent-encoded or not', async () => {
    const backend = await startBackend();
    const name = '@some-scope/greeter-dynamic';
    await drop(backend, 'greeter', { packageJson: { name } });
    await backend.until(name, 'running');
    const { call, description } = await adminApi(backend);
    const below = Object.keys(description.paths).filter(
      (path) =>
        path.startsWith('/v1/plugins/{name}/') && 'get' in description.paths[path]! && !path.endsWith('/stream'),
    );
    expect(below.length).toBeGreaterThan(3);
    for (const written of [name, encodeURIComponent(name), '%40some-scope/greeter-dynamic']) {
      expect((await call<{ name: string }>('GET', `/plugins/${written}`)).body).toMatchObject({ name });
      expect((await call('POST', `/plugins/${written}/reload`)).status).toBe(200);
      for (const path of below) {
        const { body } = await call<Partial<ErrorBody>>('GET', path.slice('/v1'.length).replace('{name}', written));
        // This bundle has no bill of materials.
        const code = path.endsWith('/sbom') ? 'SBOM_MISSING' : undefined;
        expect({ path, written, code: body.error?.code }).toEqual({ path, written, code });
      }
    }
  });

  test.each([
    ['GET', '/plugins/absent', 'PLUGIN_UNKNOWN'],
    ['GET', '/plugins/%zz', 'PLUGIN_UNKNOWN'],
    ['GET', '/operations/absent', 'OPERATION_UNKNOWN'],
    ...WRITES.map((kind) => ['POST', `/plugins/absent/${kind}`, 'PLUGIN_UNKNOWN']),
  ])('answers 404 to %s %s', async (method, path, code) => {
    const { call } = await adminApi(await startBackend());
    const { status, body } = await call<ErrorBody>(method, path);
    expect(status).toBe(404);
    expect(body.error).toMatchObject({ name: 'NotFoundError', code });
  });

  test('answers 500 without a word of what failed inside, and logs it', async () => {
    const auditor = recordingAuditor();
    const backend = await startBackend({ prepare: auditor.install });
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    const { call } = await adminApi(backend);
    auditor.fail();
    const { status, body } = await call<ErrorBody>('POST', `/plugins/${GREETER}/reload`);
    expect(status).toBe(500);
    expect(body.error).toMatchObject({
      code: 'INTERNAL_ERROR',
      message: 'The request failed because of an internal error.',
    });
    expect(backend.logs.join('\n')).toContain('A request to the admin API failed');
  });

  test('of a portal without dynamic plugins lists none', async () => {
    const backend = await startBackend({ dynamicPlugins: { rootDirectory: undefined, stateDirectory: undefined } });
    const { call } = await adminApi(backend);
    expect((await call<{ items: unknown[] }>('GET', '/plugins')).body.items).toEqual([]);
    expect((await call('GET', '/host')).status).toBe(200);
    expect((await call('POST', '/plugins/absent/reload')).status).toBe(404);
  });
});

describe('a policy that names dynamic-plugins.manage', () => {
  test('decides about writes by it, not about reads', async () => {
    const backend = await startBackend(denying);
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    const { call } = await adminApi(backend);
    for (const kind of WRITES) {
      const { status, body } = await call<ErrorBody>('POST', `/plugins/${GREETER}/${kind}`);
      expect(status).toBe(403);
      expect(body.error.code).toBe('NOT_PERMITTED');
      expect(body.error.message).toContain('user:development/guest');
    }
    expect((await call('GET', `/plugins/${GREETER}`)).status).toBe(200);
    expect(await greeterVersion(backend)).toBe('1.0.0');
  });
});

test('The permission framework knows the permissions of the admin API', async () => {
  const backend = await startBackend();
  const path = '/api/dynamic-plugins/.well-known/backstage/permissions/metadata';
  const response = await fetch(backend.url + path, { headers: { authorization: `Bearer ${await backend.token()}` } });
  const { permissions } = (await response.json()) as { permissions: object[] };
  const permission = (name: string, action: string) => ({ type: 'basic', name, attributes: { action } });
  expect(permissions).toEqual([
    permission('dynamic-plugins.plugin.read', 'read'),
    permission('dynamic-plugins.plugin.install', 'create'),
    permission('dynamic-plugins.plugin.operate', 'update'),
    permission('dynamic-plugins.plugin.configure', 'update'),
    permission('dynamic-plugins.manage', 'update'),
  ]);
});

describe('the auditor', () => {
  test('hears of every write: who asked for what, and what came of it', async () => {
    const auditor = recordingAuditor();
    const backend = await startBackend({ prepare: auditor.install });
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    const { call } = await adminApi(backend);
    await call('POST', `/plugins/${GREETER}/reload`);
    await call('POST', `/plugins/${GREETER}/rollback`);
    await call('POST', '/plugins/absent/disable');
    const written = auditor.entries.map(({ eventId, status, severityLevel, meta, path, error }) => ({
      eventId,
      status,
      severityLevel,
      plugin: meta.plugin,
      path,
      error,
    }));
    const entry = (kind: string, status: string, plugin = GREETER, error?: string): object => ({
      eventId: `plugin-${kind}`,
      status,
      severityLevel: 'medium',
      plugin,
      path: `/api/dynamic-plugins/v1/plugins/${plugin}/${kind}`,
      error,
    });
    expect(written).toEqual([
      entry('reload', 'initiated'),
      entry('reload', 'succeeded'),
      entry('rollback', 'initiated'),
      entry('rollback', 'failed', GREETER, 'ROLLBACK_IMPOSSIBLE'),
      entry('disable', 'initiated', 'absent'),
      entry('disable', 'failed', 'absent', 'PLUGIN_UNKNOWN'),
    ]);
    expect(auditor.entries[1]!.meta.operation).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('of Backstage itself writes it to the log', async () => {
    const backend = await startBackend();
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    await (await adminApi(backend)).call('POST', `/plugins/${GREETER}/reload`);
    const audited = backend.logs.filter((line) => line.includes('plugin-reload'));
    expect(audited).toHaveLength(2);
    expect(backend.logs.join('\n')).not.toContain('The auditor failed');
  });

  test('hears of writes that were not permitted', async () => {
    const auditor = recordingAuditor();
    const backend = await startBackend({
      ...denying,
      prepare: (portal) => {
        denying.prepare!(portal);
        auditor.install(portal);
      },
    });
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    await (await adminApi(backend)).call('POST', `/plugins/${GREETER}/disable`);
    expect(auditor.entries.map(({ eventId, status, error }) => [eventId, status, error])).toEqual([
      ['plugin-disable', 'initiated', undefined],
      ['plugin-disable', 'failed', 'NOT_PERMITTED'],
    ]);
  });

  test('hears of what policy refuses and what it warns of', async () => {
    const auditor = recordingAuditor();
    const backend = await startBackend({
      prepare: auditor.install,
      dynamicPlugins: { packages: { deny: [{ name: GREETER }] }, signatures: { mode: 'warn' } },
    });
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'rejected');
    await drop(backend, 'guarded');
    await backend.until('guarded-dynamic', 'running');
    const decisions = auditor.entries.filter(({ status }) => status !== 'initiated');
    expect(decisions).toMatchObject([
      { eventId: 'policy-decision', status: 'failed', error: 'PACKAGE_DENIED', meta: { plugin: GREETER } },
      { eventId: 'policy-decision', status: 'succeeded', meta: { outcome: 'warned', code: 'SIGNATURE_MISSING' } },
    ]);
  });

  test('that fails keeps a write from happening', async () => {
    const auditor = recordingAuditor();
    const backend = await startBackend({ prepare: auditor.install });
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    auditor.fail();
    const { status } = await (await adminApi(backend)).call('POST', `/plugins/${GREETER}/disable`);
    expect(status).toBe(500);
    expect(await greeterVersion(backend)).toBe('1.0.0');
  });
});

describe('GET /api/dynamic-plugins-info/loaded-plugins', () => {
  const path = '/api/dynamic-plugins-info/loaded-plugins';

  test('lists what is loaded as Red Hat Developer Hub does, for users', async () => {
    const backend = await startBackend();
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    await drop(backend, 'throws-in-init');
    await backend.until('throws-in-init-dynamic', 'failed');
    expect((await backend.get(path)).status).toBe(401);
    const response = await fetch(backend.url + path, { headers: { authorization: `Bearer ${await backend.token()}` } });
    expect(await response.json()).toEqual([
      { name: GREETER, version: '1.0.0', role: 'backend-plugin', platform: 'node' },
    ]);
  });
});
