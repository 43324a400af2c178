import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { adminApi, type AdminApi } from '../../support/adminApi';
import { recordingAuditor } from '../../support/auditor';
import { startBackend, type BackendOptions, type RunningBackend } from '../../support/backend';
import { fixtureBundle } from '../../support/bundles';
import { externalAccess, pluginToken, signIn as signInAt, type ServiceToken } from '../../support/callers';
import { GREETER, drop, greeterVersion } from '../../support/greeter';
import { askPolicy, withPolicy } from '../../support/policy';
import { tempDir } from '../../support/tempDir';

interface ErrorBody {
  error: { name: string; code: string; message: string; hint: string };
}

interface Permitted {
  allowed: boolean;
  by?: string;
  code?: string;
  message?: string;
  hint?: string;
}

interface AccessBody {
  caller: { user?: string; service?: string };
  read: Permitted;
  install: Permitted;
  upload: Permitted;
  operate: Permitted;
  configure: Permitted;
}

const SERVICES: Record<string, ServiceToken> = {
  unrestricted: { token: 'token-without-a-restriction' },
  pipeline: { token: 'token-for-dynamic-plugins', accessRestrictions: [{ plugin: 'dynamic-plugins' }] },
  reader: {
    token: 'token-for-reading',
    accessRestrictions: [{ plugin: 'dynamic-plugins', permission: ['dynamic-plugins.plugin.read'] }],
  },
  stranger: { token: 'token-for-the-catalog', accessRestrictions: [{ plugin: 'catalog' }] },
};

const on: BackendOptions['config'] = { permission: { enabled: true } };

interface Setting {
  backend: RunningBackend;
  call: AdminApi['call'];
  signIn(user: string, groups?: string[]): Promise<string>;
}

/** A backend with the greeter, whose operators are a user and a group, unless `options` say otherwise. */
async function setUp({ config, ...options }: BackendOptions = {}): Promise<Setting> {
  const auth = { providers: { guest: { dangerouslyAllowOutsideDevelopment: true }, anybody: {} } };
  const operators = ['user:olga', 'group:default/Platform', 'user:development/guest'];
  const backend = await startBackend({
    backend: { auth: externalAccess(SERVICES) },
    ...options,
    config: { auth, ...config },
    dynamicPlugins: { operators, ...options.dynamicPlugins },
  });
  for (const fixture of ['signs-in-anybody', 'greeter', 'guarded']) {
    await drop(backend, fixture);
    await backend.until(`${fixture}-dynamic`, 'running');
  }
  const { call } = await adminApi(backend);
  return { backend, call, signIn: (user, groups) => signInAt(backend.url, user, groups) };
}

describe('an operator', () => {
  test('is a user who is listed, or a member of a listed group, whatever the case of the entity refs', async () => {
    const { call, signIn } = await setUp();
    const operate = async (token: string) => (await call('POST', `/plugins/${GREETER}/reload`, { token })).status;
    expect(await operate(await signIn('user:default/olga'))).toBe(200);
    expect(await operate(await signIn('user:default/Olga'))).toBe(200);
    expect(await operate(await signIn('user:default/greg', ['group:default/platform']))).toBe(200);
    expect(await operate(await signIn('user:default/greg', ['group:other/platform']))).toBe(403);
    expect(await operate(await signIn('user:other/olga'))).toBe(403);
    expect(await operate(await signIn('group:default/olga'))).toBe(403);
  });

  test('may write where the policy denies it', async () => {
    const { call, signIn } = await setUp({ config: on, prepare: withPolicy(() => false) });
    const token = await signIn('user:default/olga');
    expect((await call('POST', `/plugins/${GREETER}/reload`, { token })).status).toBe(200);
    expect((await call('GET', '/plugins', { token })).status).toBe(200);
  });
});

describe('a policy', () => {
  test('allows each kind of write by its own permission', async () => {
    const { backend, call, signIn } = await setUp({
      config: on,
      prepare: withPolicy(({ name }) => name === 'dynamic-plugins.plugin.install'),
    });
    const token = await signIn('user:default/jane');
    const upload = await call<ErrorBody>('POST', '/plugins', { token, body: 'no archive' });
    expect([upload.status, upload.body.error.code]).toEqual([422, 'ARCHIVE_INVALID']);
    const disable = await call<ErrorBody>('POST', `/plugins/${GREETER}/disable`, { token });
    expect([disable.status, disable.body.error.code]).toEqual([403, 'NOT_PERMITTED']);
    const list = await call<ErrorBody>('GET', '/plugins', { token });
    expect([list.status, list.body.error.code]).toEqual([403, 'NOT_PERMITTED']);
    expect(list.body.error.message).toContain('dynamic-plugins.plugin.read');
    const info = await fetch(`${backend.url}/api/dynamic-plugins-info/loaded-plugins`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(info.status).toBe(403);
  });

  test('written for dynamic-plugins.manage goes on allowing writes by it', async () => {
    const { call, signIn } = await setUp({
      config: on,
      prepare: withPolicy(({ name }) => name === 'dynamic-plugins.manage'),
    });
    const token = await signIn('user:default/jane');
    expect((await call('POST', `/plugins/${GREETER}/reload`, { token })).status).toBe(200);
  });

  test('that allows what it does not know, and denies a permission by its name, denies that', async () => {
    const { call, signIn } = await setUp({
      config: on,
      prepare: withPolicy(({ name }) => name !== 'dynamic-plugins.plugin.operate'),
    });
    const token = await signIn('user:default/jane');
    expect((await call('POST', `/plugins/${GREETER}/reload`, { token })).status).toBe(403);
    const upload = await call<ErrorBody>('POST', '/plugins', { token, body: 'no archive' });
    expect(upload.body.error.code).toBe('ARCHIVE_INVALID');
  });

  test('is not asked where permissions are off', async () => {
    const { call, signIn } = await setUp({ prepare: withPolicy(() => true) });
    const token = await signIn('user:default/jane');
    expect((await call('POST', `/plugins/${GREETER}/reload`, { token })).status).toBe(403);
    expect((await call('GET', '/plugins', { token })).status).toBe(200);
  });

  test('that cannot be asked lets operators alone in', async () => {
    const { backend, call, signIn } = await setUp({ config: on });
    const token = await signIn('user:default/jane');
    const { status, body } = await call<ErrorBody>('POST', `/plugins/${GREETER}/reload`, { token });
    expect([status, body.error.code]).toEqual([503, 'POLICY_UNAVAILABLE']);
    expect(body.error.message).toBe('The permission policy could not be queried.');
    expect(backend.logs.join('\n')).toContain('error The permission policy could not be queried.');
    const operator = await signIn('user:default/olga');
    expect((await call('POST', `/plugins/${GREETER}/reload`, { token: operator })).status).toBe(200);
  });
});

describe('an app without a policy of its own', () => {
  const permissionBackend: BackendOptions['prepare'] = (portal) =>
    portal.add(import('@backstage/plugin-permission-backend'));
  const allowAll: BackendOptions['prepare'] = (portal) => {
    permissionBackend(portal);
    portal.add(import('@backstage/plugin-permission-backend-module-allow-all-policy'));
  };

  test.each([
    ['no policy module', permissionBackend],
    ["Backstage's allow-all policy", allowAll],
  ])('with %s lets operators alone change plugins, and allows everything else', async (_, prepare) => {
    const { backend, call, signIn } = await setUp({ config: on, prepare });
    const [jane, olga] = [await signIn('user:default/jane'), await signIn('user:default/olga')];
    expect((await call('POST', `/plugins/${GREETER}/disable`, { token: jane })).status).toBe(403);
    expect((await call('GET', '/plugins', { token: jane })).status).toBe(200);
    expect((await call('POST', `/plugins/${GREETER}/reload`, { token: olga })).status).toBe(200);
    const asked = ['catalog.entity.delete', 'dynamic-plugins.plugin.install', 'dynamic-plugins.plugin.read'];
    expect(await askPolicy(backend.url, jane, ...asked)).toEqual(['ALLOW', 'DENY', 'ALLOW']);
    expect(await askPolicy(backend.url, olga, ...asked)).toEqual(['ALLOW', 'ALLOW', 'ALLOW']);
    expect(backend.logs.join('\n')).toContain('No permission policy decides who may change dynamic plugins');
  });

  test.each([
    ['no policy module', permissionBackend],
    ["Backstage's allow-all policy", allowAll],
  ])('with %s takes a policy that is dropped, until that is removed', async (_, prepare) => {
    const { backend, call, signIn } = await setUp({ config: on, prepare });
    const token = await signIn('user:default/jane');
    const statuses = async (): Promise<number[]> => [
      (await call('GET', '/plugins', { token })).status,
      (await call('POST', `/plugins/${GREETER}/reload`, { token })).status,
    ];
    expect(await statuses()).toEqual([200, 403]);
    const allows = ['dynamic-plugins.plugin.operate'];
    await drop(backend, 'permission-policy', { packageJson: { allows } });
    await backend.until('permission-policy-dynamic', 'running');
    expect(await statuses()).toEqual([403, 200]);
    await rm(join(backend.root, 'permission-policy'), { recursive: true });
    await backend.until('permission-policy-dynamic', 'gone');
    expect(await statuses()).toEqual([200, 403]);
  });
});

test('A dropped policy that does not start leaves nothing allowed that it was to decide', async () => {
  const { backend, call, signIn } = await setUp({
    config: on,
    prepare: (portal) => portal.add(import('@backstage/plugin-permission-backend')),
    before: async (root) => {
      await fixtureBundle(root, 'permission-policy', { files: { 'index.cjs': 'throw new Error("broken")' } });
    },
  });
  await backend.until('permission-policy-dynamic', 'failed');
  const jane = await signIn('user:default/jane');
  const asked = ['catalog.entity.delete', 'dynamic-plugins.plugin.install', 'dynamic-plugins.plugin.read'];
  expect(await askPolicy(backend.url, jane, ...asked)).toEqual(['DENY', 'DENY', 'DENY']);
  const token = await signIn('user:default/olga');
  expect((await call('POST', '/plugins/permission-policy-dynamic/disable', { token })).status).toBe(200);
  expect(await askPolicy(backend.url, jane, ...asked)).toEqual(['ALLOW', 'DENY', 'ALLOW']);
});

test('A policy that served, and whose drop is too damaged to be told apart after a restart, goes on; where the last good build may not, nothing is allowed', async () => {
  const home = await tempDir();
  const start = (lastGood?: boolean) =>
    setUp({
      home,
      config: on,
      dynamicPlugins: { lastGood },
      prepare: (portal) => portal.add(import('@backstage/plugin-permission-backend')),
    });
  const asked = ['catalog.entity.delete', 'dynamic-plugins.plugin.install'];
  const first = await start();
  await drop(first.backend, 'permission-policy', { packageJson: { allows: [] } });
  await first.backend.until('permission-policy-dynamic', 'running');
  await first.backend.stop();
  const entry = join(first.backend.root, 'permission-policy');
  await writeFile(join(entry, 'package.json'), '{"name":');
  const second = await start();
  const tom = await second.signIn('user:default/tom');
  expect(await askPolicy(second.backend.url, tom, ...asked)).toEqual(['DENY', 'DENY']);
  await second.backend.stop();
  const { backend, signIn, call } = await start(false);
  const jane = await signIn('user:default/jane');
  expect(await askPolicy(backend.url, jane, ...asked)).toEqual(['DENY', 'DENY']);
  const olga = await signIn('user:default/olga');
  const { body } = await call<{ faults?: object[] }>('GET', '/plugins', { token: olga });
  expect(body.faults).toEqual([
    expect.objectContaining({
      code: 'POLICY_MISSING',
      message: expect.stringContaining('permission-policy-dynamic') as string,
    }),
  ]);
  expect(backend.logs.filter((line) => /^error POLICY_MISSING/.test(line))).toHaveLength(1);
  await rm(entry, { recursive: true });
  await expect.poll(() => askPolicy(backend.url, jane, ...asked), { timeout: 20_000 }).toEqual(['ALLOW', 'DENY']);
});

test('A permission backend that is dropped beside that of the portal is refused with what to do, and leaves nothing allowed', async () => {
  const { backend, signIn } = await setUp({
    config: on,
    prepare: (portal) => portal.add(import('@backstage/plugin-permission-backend')),
  });
  const jane = await signIn('user:default/jane');
  const asked = ['catalog.entity.delete', 'dynamic-plugins.plugin.install'];
  expect(await askPolicy(backend.url, jane, ...asked)).toEqual(['ALLOW', 'DENY']);
  const code = `exports.default = require('@backstage/backend-plugin-api').createBackendPlugin({
    pluginId: 'permission', register: (env) => env.registerInit({ deps: {}, init: async () => {} }) });`;
  const backstage = { role: 'backend-plugin', pluginId: 'permission' };
  await drop(backend, 'greeter', { packageJson: { name: 'rbac-dynamic', backstage }, files: { 'index.cjs': code } });
  expect(await backend.until('rbac-dynamic', 'rejected')).toMatchObject({
    code: 'PLUGIN_ID_CONFLICT',
    hint: expect.stringContaining('Remove @backstage/plugin-permission-backend from the code of the portal') as string,
  });
  expect(await askPolicy(backend.url, jane, ...asked)).toEqual(['DENY', 'DENY']);
  await rm(join(backend.root, 'greeter'), { recursive: true });
  await backend.until('rbac-dynamic', 'gone');
  expect(await askPolicy(backend.url, jane, ...asked)).toEqual(['ALLOW', 'DENY']);
});

describe('a service', () => {
  test('may do what its access restriction holds, and nothing without one', async () => {
    const { call } = await setUp({ config: on, prepare: withPolicy(() => false) });
    const reload = (token: string) => call<ErrorBody>('POST', `/plugins/${GREETER}/reload`, { token });
    const done = await call<{ operation: { by: string } }>('POST', `/plugins/${GREETER}/reload`, {
      token: SERVICES.pipeline!.token,
    });
    expect([done.status, done.body.operation.by]).toEqual([200, 'pipeline']);
    const refused = { reader: /accessRestrictions/, unrestricted: /plugin: dynamic-plugins/, stranger: /./ };
    for (const [name, hint] of Object.entries(refused)) {
      const { status, body } = await reload(SERVICES[name]!.token);
      expect([status, body.error.code], name).toEqual([403, 'NOT_PERMITTED']);
      expect(body.error.hint, name).toMatch(hint);
    }
    expect((await call('GET', '/plugins', { token: SERVICES.reader!.token })).status).toBe(200);
    expect((await call('GET', '/plugins', { token: SERVICES.unrestricted!.token })).status).toBe(403);
  });

  test('that is a plugin may do nothing by itself, and on behalf of a user what the user may do', async () => {
    const { backend, call, signIn } = await setUp();
    const [jane, olga] = [
      await signIn('user:default/jane'),
      await signIn('user:default/greg', ['group:default/platform']),
    ];
    const reload = async (token: string) => (await call('POST', `/plugins/${GREETER}/reload`, { token })).status;
    expect(await reload(await pluginToken(backend.url, olga, 'itself'))).toBe(403);
    expect(await reload(await pluginToken(backend.url, jane, 'caller'))).toBe(403);
    expect(await reload(await pluginToken(backend.url, olga, 'caller'))).toBe(200);
  });

  test('that calls on behalf of a user is named beside the user in the audit', async () => {
    const auditor = recordingAuditor();
    const { backend, call, signIn } = await setUp({ prepare: auditor.install });
    const olga = await signIn('user:default/olga');
    await call('POST', `/plugins/${GREETER}/reload`, { token: olga });
    await call('POST', `/plugins/${GREETER}/reload`, { token: await pluginToken(backend.url, olga, 'caller') });
    await call('POST', `/plugins/${GREETER}/reload`, { token: SERVICES.pipeline!.token });
    const ended = auditor.entries.filter(({ status }) => status === 'succeeded');
    expect(ended.map(({ meta: { user, service } }) => ({ user, service }))).toEqual([
      { user: 'user:default/olga', service: undefined },
      { user: 'user:default/olga', service: 'plugin:guarded' },
      { user: undefined, service: 'pipeline' },
    ]);
  });
});

describe('uploads that are switched off', () => {
  test('are refused with a code, to those who could upload otherwise', async () => {
    const { call, signIn } = await setUp({ dynamicPlugins: { upload: { enabled: false } } });
    const upload = async (user: string): Promise<unknown[]> => {
      const { status, body } = await call<ErrorBody>('POST', '/plugins', { token: await signIn(user), body: 'bytes' });
      return [status, body.error.code];
    };
    expect(await upload('user:default/olga')).toEqual([403, 'UPLOAD_DISABLED']);
    expect(await upload('user:default/jane')).toEqual([403, 'NOT_PERMITTED']);
    const token = await signIn('user:default/olga');
    const { body } = await call<AccessBody>('GET', '/access', { token });
    expect(body.install.allowed).toBe(true);
    expect(body.upload).toMatchObject({ allowed: false, code: 'UPLOAD_DISABLED', hint: expect.any(String) as string });
  });
});

describe('GET access', () => {
  test('says what the caller may do, by what, and why not', async () => {
    const { call, signIn } = await setUp({
      config: on,
      prepare: withPolicy(({ name }) =>
        ['dynamic-plugins.plugin.read', 'dynamic-plugins.plugin.operate'].includes(name),
      ),
    });
    const access = async (token: string) => (await call<AccessBody>('GET', '/access', { token })).body;
    const jane = await access(await signIn('user:default/jane'));
    expect(jane).toMatchObject({
      caller: { user: 'user:default/jane' },
      read: { allowed: true, by: 'policy' },
      operate: { allowed: true, by: 'policy' },
      install: { allowed: false, code: 'NOT_PERMITTED' },
      upload: { allowed: false, code: 'NOT_PERMITTED' },
      configure: { allowed: false, code: 'NOT_PERMITTED' },
    });
    expect(jane.install.message).toContain('user:default/jane lacks the permission dynamic-plugins.plugin.install');
    expect(jane.install.hint).toContain('dynamicPlugins.operators');
    expect(await access(await signIn('user:default/olga'))).toMatchObject({ configure: { by: 'operators' } });
    const reader = await access(SERVICES.reader!.token);
    expect(reader).toMatchObject({
      caller: { service: 'reader' },
      read: { allowed: true, by: 'access-restriction' },
      operate: { allowed: false, hint: expect.stringContaining('accessRestrictions') as string },
    });
    expect((await call('GET', '/access', { token: undefined })).status).toBe(401);
  });

  test('tells everybody who is signed in, also those who may read nothing', async () => {
    const { call, signIn } = await setUp({ config: on, prepare: withPolicy(() => false) });
    const { status, body } = await call<AccessBody>('GET', '/access', { token: await signIn('user:default/jane') });
    expect(status).toBe(200);
    expect(body.read).toMatchObject({ allowed: false, code: 'NOT_PERMITTED' });
  });

  test('tells where the policy cannot be asked', async () => {
    const { call, signIn } = await setUp({ config: on });
    const { body } = await call<AccessBody>('GET', '/access', { token: await signIn('user:default/jane') });
    expect(body.operate).toMatchObject({ allowed: false, code: 'POLICY_UNAVAILABLE' });
  });
});

test('A portal that lists no operators and has no policy takes writes from nobody', async () => {
  const { backend, call } = await setUp({ dynamicPlugins: { operators: undefined } });
  for (const kind of ['reload', 'disable', 'enable', 'rollback']) {
    const { status, body } = await call<ErrorBody>('POST', `/plugins/${GREETER}/${kind}`);
    expect([status, body.error.code]).toEqual([403, 'NOT_PERMITTED']);
    expect(body.error.hint).toContain('dynamicPlugins.operators');
  }
  expect((await call<ErrorBody>('POST', '/plugins', { body: 'bytes' })).body.error.code).toBe('NOT_PERMITTED');
  expect(await greeterVersion(backend)).toBe('1.0.0');
});
