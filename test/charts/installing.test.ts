import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { fixtureBundle, type FixtureOptions } from '../support/bundles';
import { REGISTRY_USER, startContainerRegistry, type ContainerRegistry } from '../support/containerRegistry';
import { runStagedoor } from '../support/commandLine';
import { freePort } from '../support/freePort';
import { startVerdaccio, type Verdaccio } from '../support/npmRegistry';
import { repository } from '../support/repository';
import { patience } from '../support/patience';
import { makeTempDir, removeTempDir } from '../support/tempDir';
import { waitFor } from '../support/waitFor';
import { manifestsOf, template } from './helm';
import { podOf, type Objects, type Pod } from './pod';

const NAME = 'portal-stagedoor-portal';
const GREETER = '@secret/greeter-dynamic';
const token = 'a-static-token-of-the-test';
const LOCKED_NOWHERE = /^warning: .*are not locked.*--frozen/m;

// The containers have the packages of this checkout: test/charts/image.test.ts collects those of the image.
describe('The containers of the pod that the chart renders, on registries that want a login', () => {
  let dir: string;
  let images: ContainerRegistry;
  let npm: Verdaccio;
  let objects: Objects;
  let integrity: string;

  beforeAll(async () => {
    dir = await makeTempDir();
    [images, npm] = await Promise.all([startContainerRegistry({ login: true }), startVerdaccio()]);
    const auth = Buffer.from(`${REGISTRY_USER.name}:${REGISTRY_USER.password}`).toString('base64');
    const dockerConfig = JSON.stringify({ auths: { [images.host]: { auth } } });
    await writeFile(join(dir, 'auth.json'), dockerConfig);
    await stagedoor('keygen', '--out', join(dir, 'release'), '--unencrypted');
    objects = {
      'secret/npm': {
        '.npmrc': `@secret:registry=${npm.url}\n//${new URL(npm.url).host}/:_authToken=${npm.token}\n`,
      },
      'secret/oci': { '.dockerconfigjson': dockerConfig },
      'secret/keys': { 'release.pem': await readFile(join(dir, 'release.pub.pem'), 'utf8') },
    };
    await npm.publish(await bundle('greeter', 'signed', { packageJson: { name: GREETER } }));
    const published = await fetch(`${npm.url}${GREETER}`, { headers: { authorization: `Bearer ${npm.token}` } });
    const { versions } = (await published.json()) as { versions: Record<string, { dist: { integrity: string } }> };
    integrity = versions['1.0.0']!.dist.integrity;
    const oci = `oci://${images.host}/team`;
    await stagedoor('push', await bundle('reads-config', 'signed'), `${oci}/reads-config:1.0`);
    await stagedoor('push', await bundle('stores-rows', 'unsigned'), `${oci}/stores-rows:1.0`);
  });

  afterAll(async () => {
    await Promise.all([images?.stop(), npm?.stop()]);
    if (dir) await removeTempDir(dir);
  });

  test('install what is listed and signed, and run it', async () => {
    const port = await freePort();
    const pod = await podWith({ extraEnv: [{ name: 'APP_CONFIG_backend_listen_port', value: String(port) }] });
    const installed = await pod.install();
    expect(installed).toMatchObject({ code: 0, stderr: expect.not.stringContaining('error') as unknown });
    expect(await namesIn(pod)).toEqual(['@secret+greeter-dynamic', 'reads-config-dynamic']);

    const portal = await pod.start();
    onTestFinished(async () => void (await portal.stop()));
    const url = `http://127.0.0.1:${port}`;
    const ready = async () => {
      if (portal.exit()) throw new Error(portal.output());
      return (await fetch(`${url}/.backstage/health/v1/readiness`)).ok;
    };
    await waitFor('the portal to be ready', ready, patience.startMs);
    expect(await (await fetch(`${url}/api/greeter/version`)).json()).toEqual({ version: '1.0.0' });
    expect((await fetch(`${url}/api/greeter/secret`)).status).toBe(401);
    const asked = await fetch(`${url}/api/greeter/secret`, { headers: { authorization: `Bearer ${token}` } });
    expect(await asked.json()).toEqual({ secret: 42 });
    expect(await (await fetch(`${url}/api/reads-config/`)).json()).toMatchObject({ now: 'from the list of plugins' });
    expect(await portal.stop()).toEqual({ code: 0, signal: null });
  });

  test('do nothing when the pod starts again with what it has', async () => {
    const pod = await podWith({ root: { type: 'persistentVolumeClaim' } });
    const first = await pod.install();
    // The list is in a ConfigMap, which nothing can be written beside.
    expect(first).toMatchObject({ code: 0, stderr: expect.stringMatching(LOCKED_NOWHERE) as unknown });
    const before = await readdir(join(pod.volume('root'), '.stagedoor-install'));
    const again = await pod.install();
    expect(again).toMatchObject({ code: 0, stderr: expect.not.stringMatching(LOCKED_NOWHERE) as unknown });
    expect(await readdir(join(pod.volume('root'), '.stagedoor-install'))).toEqual(before);
  });

  test('install what the lock in a ConfigMap says, without a warning, and nothing else', async () => {
    const place = join(dir, 'locking');
    await mkdir(place);
    await writeFile(join(place, 'dynamic-plugins.yaml'), JSON.stringify({ plugins: plugins() }));
    await writeFile(join(place, '.npmrc'), objects['secret/npm']!['.npmrc']!);
    await stagedoor('install', join(place, 'root'), '--config', join(place, 'dynamic-plugins.yaml'));
    const lock = await readFile(join(place, 'dynamic-plugins.lock'), 'utf8');
    const frozen = { install: { extraArgs: ['--frozen'], includeConfigMaps: ['lock'] } };
    const installed = async (text: string) =>
      await (await podWith(frozen, { 'configMap/lock': { 'dynamic-plugins.lock': text } })).install();
    expect(await installed(lock)).toMatchObject({
      code: 0,
      stderr: expect.not.stringContaining('warning') as unknown,
    });
    expect(await installed(lock.replace(/("content": ")./, '$1x'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('PLUGIN_LOCK_MISMATCH') as unknown,
    });
  });

  test('refuse a plugin that no trusted key signed, and install nothing', async () => {
    const unsigned = { package: `oci://${images.host}/team/stores-rows:1.0` };
    const pod = await podWith({ dynamicPlugins: { plugins: [...plugins(), unsigned] } });
    const { code, stderr } = await pod.install();
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('SIGNATURE_MISSING') as unknown,
    });
    expect(await namesIn(pod)).toEqual([]);
  });

  test('install nothing with an .npmrc that has no token, and name what they could not get', async () => {
    const npmrc = `@secret:registry=${npm.url}\n`;
    const pod = await podWith({}, { 'secret/npm': { '.npmrc': npmrc } });
    const { code, stderr } = await pod.install();
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining(GREETER) as unknown });
    expect(await namesIn(pod)).toEqual([]);
  });

  test('install nothing without credentials of the container registry, and name what they could not get', async () => {
    const pod = await podWith({ registry: { authSecret: { name: '' } } });
    const { code, stderr } = await pod.install();
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('team/reads-config') as unknown,
    });
    expect(await namesIn(pod)).toEqual([]);
  });

  function plugins(): object[] {
    return [
      { package: `${GREETER}@^1.0.0`, integrity },
      {
        package: `oci://${images.host}/team/reads-config:1.0!reads-config`,
        pluginConfig: { reads: { greeting: 'from the list of plugins' } },
      },
    ];
  }

  async function podWith(values: Record<string, object>, others: Objects = {}): Promise<Pod> {
    const all = {
      dynamicPlugins: { plugins: plugins() },
      signatures: { mode: 'require', trustedKeysFrom: [{ secret: 'keys', key: 'release.pem' }] },
      appConfig: { backend: { auth: { externalAccess: [{ type: 'static', options: { token, subject: 'test' } }] } } },
      ...values,
      registry: { npmrcSecret: { name: 'npm' }, authSecret: { name: 'oci' }, ...values.registry },
    };
    return await podOf(manifestsOf(await template([], all)), NAME, repository, { ...objects, ...others });
  }

  async function bundle(fixture: string, kind: 'signed' | 'unsigned', options?: FixtureOptions): Promise<string> {
    const folder = await fixtureBundle(join(dir, 'bundles'), fixture, options);
    if (kind === 'signed') await stagedoor('sign', folder, '--key', join(dir, 'release.pem'));
    return folder;
  }

  async function stagedoor(...args: string[]): Promise<void> {
    await mkdir(join(dir, 'bundles'), { recursive: true });
    const env = { REGISTRY_AUTH_FILE: join(dir, 'auth.json') };
    const { code, stderr } = await runStagedoor([...args], { cwd: dir, env });
    if (code !== 0) throw new Error(stderr);
  }
});

/** What a portal would find. */
async function namesIn(pod: Pod): Promise<string[]> {
  const names = await readdir(pod.volume('root'));
  return names.filter((name) => name.endsWith('-dynamic')).sort();
}
