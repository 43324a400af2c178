import { packBundle } from '@stagedoor/bundle';
import type { InstallResult } from '@stagedoor/cli/api';
import { readFile, writeFile } from 'node:fs/promises';
import { request as send } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { makeCertificate, type Certificate } from '../../support/certificate';
import { runProcess } from '../../support/childProcess';
import { startContainerRegistry, type ContainerRegistry } from '../../support/containerRegistry';
import { startForwardProxy } from '../../support/forwardProxy';
import { startVerdaccio, type Verdaccio } from '../../support/npmRegistry';
import { serve } from '../../support/serve';
import { makeTempDir, removeTempDir, tempDir } from '../../support/tempDir';
import { bin, stagedoor } from '../export/exportSupport';
import { namedBundle, versionsIn } from '../install/installSupport';

/** Only the proxy knows where that is. */
const DOMAIN = 'stagedoor.test';
/** Leads to this machine, and is not one of its names that are known to: a proxy would be asked. */
const ELSEWHERE = '0.0.0.0';

let dir: string;
let certificate: Certificate;
let plain: ContainerRegistry;
let secure: ContainerRegistry;
let npm: Verdaccio;
let pushed: Promise<void> | undefined;
/** What an https archive is, and its integrity. */
let madeArchive: { bytes: Buffer; integrity: string } | undefined;

beforeAll(async () => {
  dir = await makeTempDir();
  certificate = await makeCertificate(dir, `DNS:*.${DOMAIN}`, 'IP:127.0.0.1');
  [plain, secure, npm] = await Promise.all([
    startContainerRegistry(),
    startContainerRegistry({ tls: certificate }),
    startVerdaccio(),
  ]);
});
afterAll(async () => {
  await Promise.all([plain?.stop(), secure?.stop(), npm?.stop()]);
  await removeTempDir(dir);
});

const PROXIES = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

/** Installs a list into `<cwd>/root` with these settings for proxies, and no other. */
async function install(
  cwd: string,
  plugins: unknown[],
  proxies: Record<string, string>,
  ...args: string[]
): Promise<Record<string, string>> {
  await writeFile(join(cwd, 'dynamic-plugins.yaml'), JSON.stringify({ plugins }));
  const cleared = Object.keys(process.env).filter((name) => /^npm_config_/i.test(name) || PROXIES.includes(name));
  const env = { ...Object.fromEntries(cleared.map((name) => [name, undefined])), ...proxies };
  const { stdout } = await runProcess(process.execPath, [bin, 'install', 'root', '--json', ...args], { cwd, env });
  const { error } = JSON.parse(stdout) as InstallResult & { error?: { message: string } };
  if (error) throw new Error(error.message);
  return await versionsIn(join(cwd, 'root'));
}

const portOf = (address: string): string => address.replace(/\/$/, '').split(':').at(-1)!;

async function webArchive(): Promise<{ bytes: Buffer; integrity: string }> {
  if (madeArchive) return madeArchive;
  const { file, integrity } = await packBundle(await namedBundle('from-web', '1.0.0'), join(dir, 'x.tgz'));
  return (madeArchive = { bytes: await readFile(file), integrity });
}

async function push(image: string, ...args: string[]): Promise<void> {
  expect((await stagedoor('/', 'push', await namedBundle('from-image', '1.0.0'), image, ...args)).code).toBe(0);
}

/** Of the archive of from-npm, which is in the npm registry then. */
async function publishedIntegrity(): Promise<string> {
  const known = await fetch(`${npm.url}from-npm`);
  if (!known.ok) await npm.publish(await namedBundle('from-npm', '1.0.0'));
  const { versions } = (await (await fetch(`${npm.url}from-npm`)).json()) as {
    versions: Record<string, { dist: { integrity: string } }>;
  };
  return versions['1.0.0']!.dist.integrity;
}

/** A list of a package of each kind, all over plain http at one host name, and npm settings that lead there. */
async function everything(cwd: string, host: string): Promise<{ plugins: unknown[]; targets: string[] }> {
  const archive = await webArchive();
  const web = portOf(await serve((_, response) => response.end(archive.bytes)));
  const image = `${plain.host.replace('127.0.0.1', host)}/acme/one`;
  pushed ??= push(`oci://${plain.host}/acme/one:1`);
  await pushed;
  await writeFile(join(cwd, '.npmrc'), `registry=http://${host}:${portOf(npm.url)}/\ncache=${join(cwd, 'cache')}\n`);
  return {
    plugins: [
      { package: `http://${host}:${web}/x.tgz`, integrity: archive.integrity },
      { package: `oci://${image}:1` },
      { package: 'from-npm@1.0.0', integrity: await publishedIntegrity() },
    ],
    targets: [web, portOf(plain.host), portOf(npm.url)].map((port) => `${host}:${port}`).sort(),
  };
}

/** A list of a package of the npm registry over TLS, and an .npmrc that leads there; `host` is its name and port. */
async function secureNpm(
  cwd: string,
  npmrc: string,
  name = `npm.${DOMAIN}`,
): Promise<{ plugins: unknown[]; host: string }> {
  const tls = { cert: await readFile(certificate.certificate), key: await readFile(certificate.key) };
  const front = createServer(tls, (request, response) => {
    const headers = { ...request.headers, 'x-forwarded-proto': 'https' };
    const { hostname, port } = new URL(npm.url);
    send({ hostname, port, path: request.url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    }).end();
  });
  await new Promise<void>((listening) => front.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    front.closeAllConnections();
    front.close();
  });
  const host = `${name}:${(front.address() as AddressInfo).port}`;
  const integrity = await publishedIntegrity();
  await writeFile(join(cwd, '.npmrc'), `registry=https://${host}/\ncache=${join(cwd, 'cache')}\n${npmrc}`);
  return { plugins: [{ package: 'from-npm@1.0.0', integrity }], host };
}

const ALL = { 'from-web': '1.0.0', 'from-image': '1.0.0', 'from-npm': '1.0.0' };

describe('A proxy', () => {
  test.each(['HTTP_PROXY', 'http_proxy'])(
    'that %s names is asked for images, archives and npm packages',
    async (name) => {
      const cwd = await tempDir();
      const proxy = await startForwardProxy();
      const { plugins, targets } = await everything(cwd, `plugins.${DOMAIN}`);
      expect(await install(cwd, plugins, { [name]: proxy.url }, '--insecure')).toEqual(ALL);
      expect(proxy.targets()).toEqual(targets);
    },
  );

  test('is not asked for what NO_PROXY lists', async () => {
    const cwd = await tempDir();
    const proxy = await startForwardProxy();
    const { plugins, targets } = await everything(cwd, ELSEWHERE);
    expect(await install(cwd, plugins, { HTTP_PROXY: proxy.url }, '--insecure')).toEqual(ALL);
    expect(proxy.targets()).toEqual(targets);
    const direct = await startForwardProxy();
    const other = await tempDir();
    const list = await everything(other, ELSEWHERE);
    const settings = { HTTP_PROXY: direct.url, NO_PROXY: `example.test,${ELSEWHERE}` };
    expect(await install(other, list.plugins, settings, '--insecure')).toEqual(ALL);
    expect(direct.targets()).toEqual([]);
  });

  test('that HTTPS_PROXY names tunnels what is encrypted, with the authorities of --ca, and gets its own credentials', async () => {
    const cwd = await tempDir();
    const proxy = await startForwardProxy();
    const archive = await webArchive();
    const tls = { cert: await readFile(certificate.certificate), key: await readFile(certificate.key) };
    const web = createServer(tls, (_, response) => response.end(archive.bytes));
    await new Promise<void>((listening) => web.listen(0, '127.0.0.1', listening));
    onTestFinished(() => {
      web.closeAllConnections();
      web.close();
    });
    const address = `plugins.${DOMAIN}:${(web.address() as AddressInfo).port}`;
    const registry = `registry.${DOMAIN}:${portOf(secure.host)}`;
    const image = `oci://${secure.host}/acme/one:1`;
    const trust = ['--ca', certificate.certificate];
    await push(image, ...trust);
    const plugins = [
      { package: `https://${address}/x.tgz`, integrity: archive.integrity },
      { package: `oci://${registry}/acme/one:1` },
    ];
    const settings = { HTTPS_PROXY: proxy.url.replace('//', '//clerk:se%20cret@') };
    expect(await install(cwd, plugins, settings, ...trust)).toEqual({ 'from-web': '1.0.0', 'from-image': '1.0.0' });
    expect(proxy.targets()).toEqual([address, registry].sort());
    expect(proxy.authorizations()).toEqual([`Basic ${btoa('clerk:se cret')}`]);
  });

  test.each<[string, (proxy: string) => { npmrc?: string; env?: Record<string, string> }]>([
    ['HTTPS_PROXY', (proxy) => ({ env: { HTTPS_PROXY: proxy } })],
    ['npm_config_https_proxy', (proxy) => ({ env: { npm_config_https_proxy: proxy } })],
    ['https-proxy in .npmrc', (proxy) => ({ npmrc: `https-proxy=${proxy}\n` })],
  ])('that %s names tunnels what comes from an npm registry, with its own credentials', async (_, settingsFor) => {
    const cwd = await tempDir();
    const proxy = await startForwardProxy();
    const { npmrc = '', env = {} } = settingsFor(proxy.url.replace('//', '//clerk:se%20cret@'));
    const { plugins, host } = await secureNpm(cwd, npmrc);
    expect(await install(cwd, plugins, env, '--ca', certificate.certificate)).toEqual({ 'from-npm': '1.0.0' });
    expect(proxy.targets()).toEqual([host]);
    expect(proxy.authorizations()).toEqual([`Basic ${btoa('clerk:se cret')}`]);
  });

  test('is not asked for the npm registries that noproxy or NO_PROXY list', async () => {
    const places: Array<{ npmrc: string; env: Record<string, string> }> = [
      { npmrc: `noproxy=${ELSEWHERE}\n`, env: {} },
      { npmrc: '', env: { NO_PROXY: ELSEWHERE } },
    ];
    for (const direct of places) {
      const cwd = await tempDir();
      const proxy = await startForwardProxy();
      const { plugins } = await secureNpm(cwd, direct.npmrc, ELSEWHERE);
      const env = { HTTPS_PROXY: proxy.url, ...direct.env };
      expect(await install(cwd, plugins, env, '--insecure')).toEqual({ 'from-npm': '1.0.0' });
      expect(proxy.targets()).toEqual([]);
    }
  });

  test('is never asked for what is on this machine', async () => {
    const cwd = await tempDir();
    const { plugins } = await everything(cwd, '127.0.0.1');
    const nowhere = { HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9' };
    expect(await install(cwd, plugins.slice(0, 2), nowhere)).toEqual({ 'from-web': '1.0.0', 'from-image': '1.0.0' });
  });
});
