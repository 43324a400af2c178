import { packBundle } from '@stagedoor/bundle';
import { ConfigSources } from '@backstage/config-loader';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { UNTIL_DONE } from '../support/adminApi';
import { dropFolder, fixtureBundle } from '../support/bundles';
import { externalAccess, pluginToken, signIn } from '../support/callers';
import { GREETER, greeterVersion } from '../support/greeter';
import { portalDir, startPortal, type Portal } from '../support/portal';
import { makeTempDir, removeTempDir } from '../support/tempDir';
import { waitFor } from '../support/waitFor';

const POLICY = 'permission-policy-dynamic';
const WRITES = ['upload', 'rollback', 'reload', 'disable', 'enable'] as const;
type Write = (typeof WRITES)[number];

const development = join(portalDir, 'app-config.yaml');
const production = join(portalDir, 'app-config.production.yaml');

const restriction = (...permission: string[]) => [
  { plugin: 'dynamic-plugins', ...(permission.length > 0 && { permission }) },
];
const services = {
  unrestricted: { token: 'token-without-a-restriction' },
  pipeline: { token: 'token-for-dynamic-plugins', accessRestrictions: restriction() },
  installer: { token: 'token-for-installing', accessRestrictions: restriction('dynamic-plugins.plugin.install') },
  reader: { token: 'token-for-reading', accessRestrictions: restriction('dynamic-plugins.plugin.read') },
  stranger: { token: 'token-for-the-catalog', accessRestrictions: [{ plugin: 'catalog' }] },
};

/** Which config the portal has, and which policy. */
interface Setting {
  config: 'development' | 'production';
  /** `off`: permissions are off. `none`: they are on, and no policy is installed. */
  policy: 'off' | 'none' | 'allow' | 'deny';
}

interface Caller {
  name: string;
  token(url: string): Promise<string> | string | undefined;
  may(write: Write, setting: Setting): boolean;
  /** Status of what the caller may not do. Default: 403. */
  refused?: number;
}

const always = () => true;
const never = () => false;
const whenPolicyAllows = (_: Write, { policy }: Setting) => policy === 'allow';
const JANE = 'user:default/jane';

const CALLERS: Caller[] = [
  { name: 'nobody', token: () => undefined, may: never, refused: 401 },
  {
    name: 'the guest',
    token: (url) => signIn(url, 'user:development/guest'),
    may: (write, setting) => setting.config === 'development' || whenPolicyAllows(write, setting),
  },
  { name: 'a user', token: (url) => signIn(url, JANE), may: whenPolicyAllows },
  { name: 'an operator', token: (url) => signIn(url, 'user:default/olga'), may: always },
  {
    name: 'a member of a group of operators',
    token: (url) => signIn(url, 'user:default/greg', ['group:default/platform']),
    may: always,
  },
  { name: 'a service without a restriction', token: () => services.unrestricted.token, may: never },
  { name: 'a service with a restriction for this API', token: () => services.pipeline.token, may: always },
  {
    name: 'a service that is restricted to installing',
    token: () => services.installer.token,
    may: (write) => write === 'upload',
  },
  { name: 'a service that is restricted to another permission', token: () => services.reader.token, may: never },
  { name: 'a service that is restricted to another plugin', token: () => services.stranger.token, may: never },
  { name: 'another plugin', token: async (url) => pluginToken(url, await signIn(url, JANE), 'itself'), may: never },
  {
    name: 'another plugin on behalf of a user',
    token: async (url) => pluginToken(url, await signIn(url, JANE), 'caller'),
    may: whenPolicyAllows,
  },
];

describe.each(['development', 'production'] as const)('the %s config', (config) => {
  describe.each([
    ['permissions off', false, ['off']],
    ['permissions on', true, ['none', 'allow', 'deny']],
  ] as const)('with %s', (_, enabled, policies) => {
    let portal: Portal;
    let dir: string;
    let version = 1;

    beforeAll(async () => {
      dir = await makeTempDir();
      const root = join(dir, 'dynamic-plugins-root');
      await mkdir(root);
      for (const fixture of ['signs-in-anybody', 'guarded']) {
        await dropFolder(await fixtureBundle(dir, fixture), root, fixture);
      }
      const configured = config === 'development' ? await operatorsOf(development) : [];
      portal = await startPortal({
        dir,
        root,
        configFiles: config === 'development' ? [development] : [development, production],
        env: { NODE_ENV: config },
        config: {
          auth: { providers: { anybody: {} } },
          backend: {
            auth: externalAccess(services),
            database: { client: 'better-sqlite3', connection: { directory: join(dir, 'data') } },
          },
          permission: { enabled },
          dynamicPlugins: { operators: [...configured, 'user:default/olga', 'group:default/platform'] },
        },
      });
      await until(GREETER, 'running', () => upload(services.pipeline.token));
    });
    afterAll(async () => {
      await portal?.stop();
      await removeTempDir(dir);
    });

    const served = () => greeterVersion({ get: (path) => portal.fetch(path) });
    const post = (path: string, token: string | undefined, body?: Buffer) =>
      portal.fetch(`/api/dynamic-plugins/v1/plugins${path}`, {
        method: 'POST',
        token,
        body,
        headers: { prefer: UNTIL_DONE },
      });

    /** Uploads the next version of the greeter. */
    async function upload(token: string | undefined): Promise<Response> {
      const archive = join(dir, 'upload.tgz');
      await packBundle(await fixtureBundle(dir, 'greeter', { version: `${version++}.0.0` }), archive);
      return await post('', token, await readFile(archive));
    }

    async function until(name: string, state: string | undefined, act: () => Promise<unknown>): Promise<void> {
      await act();
      await waitFor(`${name} to be ${state ?? 'gone'}`, async () => {
        const response = await portal.fetch('/api/dynamic-plugins/v1/plugins', { token: services.pipeline.token });
        const { items } = (await response.json()) as { items: Array<{ name: string; state: string }> };
        return items.find((item) => item.name === name)?.state === state;
      });
    }

    async function usePolicy(policy: Setting['policy']): Promise<void> {
      const entry = join(portal.root, 'permission-policy');
      await until(POLICY, undefined, () => rm(entry, { recursive: true, force: true }));
      if (policy !== 'allow' && policy !== 'deny') return;
      const allows = policy === 'allow' ? ['dynamic-plugins.plugin.'] : [];
      const bundle = await fixtureBundle(dir, 'permission-policy', { packageJson: { allows } });
      await until(POLICY, 'running', () => dropFolder(bundle, portal.root, 'permission-policy'));
    }

    describe.each(policies.map((policy) => [policy]))('and the policy %s', (policy) => {
      beforeAll(() => usePolicy(policy));

      test.each(CALLERS)('takes from $name the writes they may do, and no other', async (caller) => {
        const token = await caller.token(portal.url);
        for (const write of WRITES) {
          const may = caller.may(write, { config, policy });
          const before = await served();
          const response = write === 'upload' ? await upload(token) : await post(`/${GREETER}/${write}`, token);
          expect(response.status, write).toBe(may ? 200 : (caller.refused ?? 403));
          const after = await served();
          if (!may) {
            const { error } = (await response.json()) as { error: { code: string; hint: string } };
            expect(error.code, write).toBe(caller.refused === 401 ? 'NOT_SIGNED_IN' : 'NOT_PERMITTED');
            expect(error.hint, write).not.toBe('');
            expect(after, write).toBe(before);
          } else if (write === 'upload') expect(after).toBe(`${version - 1}.0.0`);
          else if (write === 'rollback') expect(after).not.toBe(before);
          else if (write === 'disable') expect(after).toBe(404);
          else expect(after, write).toEqual(expect.any(String));
        }
      });
    });
  });
});

test('Guests are operators by the development config alone', async () => {
  expect(await operatorsOf(development)).toEqual(['user:development/guest']);
  expect(await operatorsOf(development, production)).toEqual([]);
  const text = await readFile(production, 'utf8');
  expect((parse(text) as { dynamicPlugins: object }).dynamicPlugins).toEqual({ operators: null });
});

/** `dynamicPlugins.operators` of config files that are laid over each other. */
async function operatorsOf(...files: string[]): Promise<string[]> {
  const argv = files.flatMap((file) => ['--config', file]);
  const config = await ConfigSources.toConfig(ConfigSources.default({ watch: false, argv }));
  config.close();
  return config.getOptionalStringArray('dynamicPlugins.operators') ?? [];
}
