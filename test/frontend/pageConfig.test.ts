import type { AppConfig } from '@backstage/config';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startBackend, type BackendOptions, type RunningBackend } from '../support/backend';
import { dropFolder, fixtureBundle } from '../support/bundles';
import { freePort } from '../support/freePort';
import { tempDir } from '../support/tempDir';
import { PAGE, VISIBLE, drop, schemaOf } from './page';

/** A portal that serves an app as any backend does. */
async function startWithApp(options: BackendOptions = {}): Promise<RunningBackend> {
  const port = await freePort();
  const app = { packageName: '@stagedoor/portal-app', baseUrl: `http://localhost:${port}`, title: 'Ours' };
  return await startBackend({
    ...options,
    port,
    config: { app, ...options.config },
    prepare: (backend) => backend.add(import('@backstage/plugin-app-backend')),
  });
}

/** The config that the scripts of a page find in it, in their order. */
function configIn(page: string): AppConfig[] {
  const tags = [...page.matchAll(/<script type="backstage\.io\/config">([\s\S]*?)<\/script>/g)];
  return tags.flatMap(([, text]) => JSON.parse(text!) as AppConfig[]);
}

const configOf = async (backend: RunningBackend, path = '/') => configIn(await (await backend.get(path)).text());

describe('The page of an app', () => {
  test('has the config of frontend plugins that came after the start, and of no others', async () => {
    const heading = 'Good </script><script>alert(1)</script> morning';
    const backend = await startWithApp({ config: { page: { heading, token: 'nobody may see this' } } });
    expect((await configOf(backend)).map(({ context }) => context)).not.toContain(PAGE);
    const properties = { heading: { type: 'string', visibility: 'frontend' }, token: { type: 'string' } };
    await drop(backend, { files: schemaOf({ page: { type: 'object', properties } }) });
    await backend.until(PAGE, 'running');
    for (const path of ['/', '/some/page', '/index.html']) {
      const configs = await configOf(backend, path);
      expect(configs.find(({ context }) => context === PAGE)!.data).toEqual({ page: { heading } });
      // What the app plugin itself wrote comes last, and wins.
      expect(configs.at(-1)!.data).toMatchObject({ app: { title: 'Ours' } });
    }
    await rm(join(backend.root, 'page'), { recursive: true });
    await backend.until(PAGE, 'gone');
    expect(JSON.stringify(await configOf(backend))).not.toContain('morning');
  });

  test('never has what is secret, whatever the schema of a frontend plugin says', async () => {
    const key = Buffer.from('secret to the portal').toString('base64');
    const backend = await startWithApp({
      backend: { auth: { keys: [{ secret: key }] } },
      config: { page: { heading: 'Good morning' } },
      dynamicPlugins: { metrics: { host: '127.0.0.2' } },
    });
    await drop(backend, { files: schemaOf({ backend: VISIBLE, page: VISIBLE }) });
    await backend.until(PAGE, 'running');
    const page = await (await backend.get('/')).text();
    expect(page).toContain('Good morning');
    expect(page).not.toContain(key);
    for (const own of ['rootDirectory', 'operators', '127.0.0.2']) expect(page).not.toContain(own);
  });

  test('has what schemas of backend plugins make visible; of two that disagree the later one is refused until the other one goes', async () => {
    const backend = await startWithApp({ config: { vis: { title: 'shown to all', token: 'nobody may see this' } } });
    const string = (visibility: string) => ({ type: 'string', visibility });
    const first = schemaOf({
      vis: { type: 'object', properties: { title: string('frontend'), token: string('secret') } },
    });
    await dropFolder(await fixtureBundle(await tempDir(), 'greeter', { files: first }), backend.root, 'greeter');
    await backend.until('greeter-dynamic', 'running');
    expect((await configOf(backend)).find(({ context }) => context === 'greeter-dynamic')!.data).toEqual({
      vis: { title: 'shown to all' },
    });
    await drop(backend, { files: schemaOf({ vis: { type: 'object', properties: { token: string('frontend') } } }) });
    const refused = await backend.until(PAGE, 'rejected');
    expect(refused).toMatchObject({ code: 'CONFIG_VISIBILITY_CONFLICT' });
    expect(refused!.message).toBe(
      `${PAGE} declares vis.token of app-config visible to browsers; greeter-dynamic, which came before it, declares it secret.`,
    );
    expect(JSON.stringify(await configOf(backend))).not.toContain('nobody may see this');
    expect(await backend.until('greeter-dynamic', 'running')).toBeDefined();
    await rm(join(backend.root, 'greeter'), { recursive: true });
    await backend.until(PAGE, 'running');
  });

  test('has dynamicPlugins, which loaders of remotes look for, with the settings of frontend plugins', async () => {
    const frontend = { [PAGE]: { menu: 'Tools' } };
    const backend = await startWithApp({ dynamicPlugins: { frontend } });
    const merged = Object.assign({}, ...(await configOf(backend)).map(({ data }) => data));
    expect(merged.dynamicPlugins).toEqual({ frontend });
    const plain = await startWithApp();
    expect(Object.assign({}, ...(await configOf(plain)).map(({ data }) => data)).dynamicPlugins).toEqual({});
  });

  test('is as it was in everything else: its headers fit it, also those of answers to HEAD and If-None-Match', async () => {
    const backend = await startWithApp();
    const plain = { 'accept-encoding': 'identity' };
    const response = await fetch(backend.url, { headers: plain });
    const text = await response.text();
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(Number(response.headers.get('content-length'))).toBe(Buffer.byteLength(text));
    const head = await fetch(`${backend.url}/`, { method: 'HEAD', headers: plain });
    expect([head.status, head.headers.get('etag')]).toEqual([200, response.headers.get('etag')]);
    const headers = { 'if-none-match': response.headers.get('etag')! };
    expect((await fetch(`${backend.url}/`, { headers: { ...headers, 'cache-control': 'max-age=0' } })).status).toBe(
      304,
    );
    const [, script] = /src="(\/static\/main[^"]*\.js)"/.exec(text)!;
    expect((await backend.get(script!)).headers.get('content-type')).toMatch(/javascript/);
    expect((await backend.get('/static/none.js')).status).toBe(404);
  });

  test('is left alone where the operator wants no config in it', async () => {
    const port = await freePort();
    const app = {
      packageName: '@stagedoor/portal-app',
      baseUrl: `http://localhost:${port}`,
      disableConfigInjection: true,
    };
    const backend = await startWithApp({ config: { app } });
    expect(configIn(await (await backend.get('/')).text())).toEqual([]);
  });
});
