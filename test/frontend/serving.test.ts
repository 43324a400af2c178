import { generateKeys, readPrivateKey, signBundle } from '@stagedoor/bundle';
import type { PluginStatus } from '@stagedoor/loader';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { adminApi } from '../support/adminApi';
import { startBackend } from '../support/backend';
import { dropArchive, dropFolder, fixtureBundle, type FixtureOptions } from '../support/bundles';
import { HELLO_PAGE, helloPageBundle } from '../support/hello';
import { startPlainBackend } from '../support/plainBackend';
import { makeTempDir, removeTempDir, tempDir } from '../support/tempDir';
import { PAGE, REMOTES, ENTRY, VISIBLE, drop, remotes, schemaOf, type Remote } from './page';

describe('A frontend bundle', () => {
  test('is dropped, upgraded and removed while the portal runs, and shows as any other', async () => {
    const backend = await startBackend();
    expect(await remotes(backend)).toEqual([]);
    await drop(backend);
    const status = (await backend.until(PAGE, 'running', '1.0.0'))!;
    expect(status).toMatchObject({ role: 'frontend-plugin', pluginIds: [], modules: [], openedRoutes: [] });
    expect(status.isolation).toBeUndefined();
    const [first] = await remotes(backend);
    expect(first).toEqual({
      packageName: PAGE,
      version: '1.0.0',
      digest: status.digest,
      exposedModules: ['.', 'alpha'],
      remoteInfo: { name: 'page', entry: `${backend.url}${REMOTES}/${PAGE}/mf-manifest.json` },
    });
    await drop(backend, { version: '2.0.0' });
    await backend.until(PAGE, 'running', '2.0.0');
    const [second] = await remotes(backend);
    expect([second!.version, second!.digest === first!.digest]).toEqual(['2.0.0', false]);
    await rm(join(backend.root, 'page'), { recursive: true });
    await backend.until(PAGE, 'gone');
    expect(await remotes(backend)).toEqual([]);
    expect((await backend.get(`${REMOTES}/${PAGE}/${ENTRY}`)).status).toBe(404);
  });

  test('is there from the start, as an archive, and after a restart', async () => {
    const home = await tempDir();
    const before = async (root: string) => {
      const dir = await fixtureBundle(await tempDir(), 'page');
      await dropArchive(dir, root, 'page.tgz');
    };
    const backend = await startBackend({ home, before });
    expect(await remotes(backend)).toHaveLength(1);
    await backend.stop();
    const again = await startBackend({ home });
    expect((await again.get(`${REMOTES}/${PAGE}/mf-manifest.json`)).status).toBe(200);
  });

  test('is disabled, enabled and rolled back by an operator', async () => {
    const backend = await startBackend();
    await drop(backend);
    await backend.until(PAGE, 'running', '1.0.0');
    await drop(backend, { version: '2.0.0' });
    await backend.until(PAGE, 'running', '2.0.0');
    const { call } = await adminApi(backend);
    const act = async (verb: string) => expect((await call('POST', `/plugins/${PAGE}/${verb}`)).status).toBe(200);
    await act('rollback');
    expect((await remotes(backend))[0]!.version).toBe('1.0.0');
    await act('disable');
    expect(await remotes(backend)).toEqual([]);
    await act('enable');
    expect(await remotes(backend)).toHaveLength(1);
    await act('reload');
    expect(await remotes(backend)).toHaveLength(1);
  });

  test('is no matter of where backend plugins run', async () => {
    const backend = await startBackend({ dynamicPlugins: { isolation: 'process' } });
    await drop(backend);
    await backend.until(PAGE, 'running');
    expect(await remotes(backend)).toHaveLength(1);
  });

  test('is told of as one for browsers where Red Hat Developer Hub asks', async () => {
    const backend = await startBackend();
    await drop(backend);
    await backend.until(PAGE, 'running');
    const headers = { authorization: `Bearer ${await backend.token()}` };
    const response = await fetch(`${backend.url}/api/dynamic-plugins-info/loaded-plugins`, { headers });
    expect(await response.json()).toEqual([{ name: PAGE, version: '1.0.0', role: 'frontend-plugin', platform: 'web' }]);
  });

  test('lets browsers see those values of app-config that its schema calls visible, as they are now', async () => {
    const backend = await startBackend({
      config: { page: { heading: 'Good morning', token: 'nobody may see this' } },
    });
    const properties = {
      page: {
        type: 'object',
        properties: { heading: { type: 'string', visibility: 'frontend' }, token: { type: 'string' } },
      },
    };
    const schema = { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object', properties };
    await drop(backend, { files: { 'dist/.config-schema.json': JSON.stringify(schema) } });
    await backend.until(PAGE, 'running');
    expect((await remotes(backend))[0]!.config).toEqual({ page: { heading: 'Good morning' } });
    await drop(backend, { version: '2.0.0' });
    await backend.until(PAGE, 'running', '2.0.0');
    expect((await remotes(backend))[0]).not.toHaveProperty('config');
  });

  test('shows browsers nothing that is secret to the portal, whatever its schema says', async () => {
    const key = Buffer.from('secret to the portal').toString('base64');
    const backend = await startBackend({
      backend: { auth: { keys: [{ secret: key }] } },
      config: { page: { heading: 'Good morning' } },
    });
    await drop(backend, { files: schemaOf({ backend: VISIBLE, page: VISIBLE }) });
    await backend.until(PAGE, 'running');
    const { config } = (await remotes(backend))[0]!;
    expect(config).toMatchObject({ page: { heading: 'Good morning' } });
    expect(JSON.stringify(config)).not.toContain(key);
  });

  test('is refused while it makes visible what is secret to another bundle, and shows the rest of that section', async () => {
    const backend = await startBackend({
      config: { reads: { greeting: 'Hi', token: 'secret to a bundle' }, page: { heading: 'Good morning' } },
    });
    await dropFolder(await fixtureBundle(await tempDir(), 'reads-config'), backend.root, 'reads');
    await backend.until('reads-config-dynamic', 'running');
    await drop(backend, { files: schemaOf({ reads: VISIBLE, page: VISIBLE }) });
    expect((await backend.until(PAGE, 'rejected'))!.code).toBe('CONFIG_VISIBILITY_CONFLICT');
    expect(await remotes(backend)).toEqual([]);
    const visible = { type: 'string', visibility: 'frontend' };
    await drop(backend, {
      version: '2.0.0',
      files: schemaOf({ reads: { type: 'object', properties: { greeting: visible } } }),
    });
    await backend.until(PAGE, 'running', '2.0.0');
    expect((await remotes(backend))[0]!.config).toEqual({ reads: { greeting: 'Hi' } });
  });

  test('runs only when it is signed where signatures are required', async () => {
    const { privateKey, publicKey } = generateKeys(undefined);
    const signatures = { mode: 'require', trustedKeys: [publicKey] };
    const backend = await startBackend({ dynamicPlugins: { signatures } });
    const dir = await fixtureBundle(await tempDir(), 'page');
    await dropFolder(dir, backend.root, 'page');
    expect((await backend.until(PAGE, 'rejected'))!.code).toBe('SIGNATURE_MISSING');
    expect(await remotes(backend)).toEqual([]);
    await signBundle(dir, readPrivateKey(privateKey, 'test'));
    await dropFolder(dir, backend.root, 'page');
    expect((await backend.until(PAGE, 'running'))!.signature!.verdict).toBe('good');
    expect(await remotes(backend)).toHaveLength(1);
  });

  const config = { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object', required: ['page'] };
  test.each<[string, FixtureOptions, string]>([
    ['without a manifest of its remote', { files: { 'dist/mf-manifest.json': '{}' } }, 'REMOTE_INVALID'],
    [
      'whose remote is entered outside of it',
      {
        files: {
          'dist/mf-manifest.json': JSON.stringify({
            name: 'page',
            metaData: { remoteEntry: { name: 'remoteEntry.js' } },
            exposes: {},
          }),
        },
      },
      'REMOTE_INVALID',
    ],
    [
      'that app-config does not suit',
      { files: { 'dist/.config-schema.json': JSON.stringify(config) } },
      'CONFIG_INVALID',
    ],
    ['that was changed', { manifest: { digest: '0'.repeat(64) } }, 'DIGEST_MISMATCH'],
  ])('%s is rejected; the one before goes on', async (_what, options, code) => {
    const backend = await startBackend();
    await drop(backend);
    await backend.until(PAGE, 'running');
    await drop(backend, { version: '2.0.0', ...options });
    const codes = async () => (await backend.plugins()).map((status: PluginStatus) => status.code);
    await expect.poll(codes).toContain(code);
    expect((await remotes(backend))[0]!.version).toBe('1.0.0');
  });
});

describe('A bundle made by `stagedoor export`', () => {
  test('is served by the portal and by Backstage, which says the same of it', async () => {
    const dir = await makeTempDir();
    onTestFinished(() => removeTempDir(dir));
    const root = join(dir, 'dynamic-plugins-root');
    const bundle = await helloPageBundle(dir, '1.2.3');
    await mkdir(root);
    await dropFolder(bundle, root, 'hello-page');
    const upstream = await startPlainBackend({
      loader: '@backstage/backend-dynamic-feature-service',
      dir,
      root,
      config: { rows: { password: 'probe' }, hello: {} },
    });
    onTestFinished(async () => void (await upstream.process.stop()));
    const [, theirs] = await upstream.ask(REMOTES);
    const backend = await startBackend();
    await dropFolder(bundle, backend.root, 'hello-page');
    await backend.until(HELLO_PAGE, 'running', '1.2.3');
    const [{ version, digest, config, ...ours }] = (await remotes(backend)) as [Remote];
    expect(config).toBeUndefined();
    expect([version, digest]).toEqual(['1.2.3', expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(JSON.parse(JSON.stringify([ours]).replaceAll(backend.url, upstream.url))).toEqual(theirs);
    const manifest = JSON.parse(await readFile(join(bundle, 'dist/mf-manifest.json'), 'utf8')) as {
      metaData: { remoteEntry: { name: string } };
    };
    const file = manifest.metaData.remoteEntry.name;
    const [status, script] = await upstream.ask(`${REMOTES}/${HELLO_PAGE}/${file}`);
    expect(status).toBe(200);
    expect(await (await backend.get(`${REMOTES}/${HELLO_PAGE}/${file}`)).text()).toBe(script);
  });
});
