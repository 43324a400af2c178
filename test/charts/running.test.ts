import { generateKeyPairSync } from 'node:crypto';
import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { fixtureBundle } from '../support/bundles';
import { runProcess } from '../support/childProcess';
import { runStagedoor } from '../support/commandLine';
import { freePort } from '../support/freePort';
import { mountFiles } from '../support/kubelet';
import { startPortal, type Portal } from '../support/portal';
import { startPostgres, type Postgres } from '../support/postgres';
import { repository } from '../support/repository';
import { makeTempDir, removeTempDir, tempDir } from '../support/tempDir';
import { waitFor } from '../support/waitFor';
import { find, manifestsOf, template, type Manifest } from './helm';

const DEFAULT = 'portal-stagedoor-portal';
const BACK = `${DEFAULT}-back`;
const token = 'a-static-token-of-the-test';

const together = {
  database: { client: 'pg', host: 'postgres', user: 'portal', passwordSecret: { name: 'postgres' } },
  appConfig: { backend: { auth: { externalAccess: [{ type: 'static', options: { token, subject: 'test' } }] } } },
  dynamicPlugins: { plugins: [{ package: './calls' }, { package: './calls-back' }] },
};
const apart = { ...together, backends: { back: { plugins: [{ id: 'calls-back', packages: ['./calls-back'] }] } } };

// Two portals start in each.
describe('Backends with the configuration that the chart renders, on one PostgreSQL', () => {
  let postgres: Postgres;
  let bundles: string;
  let ports: Record<string, number>;
  let keys: string;

  beforeAll(async () => {
    postgres = await startPostgres();
    bundles = await makeTempDir();
    keys = join(bundles, 'keys');
    await writeKeys(keys);
    ports = { [DEFAULT]: await freePort(), [BACK]: await freePort() };
  });

  afterAll(async () => {
    await postgres?.stop();
    if (bundles) await removeTempDir(bundles);
  });

  test('call plugins in each other as services, also when one moves to another backend while they run', async () => {
    const dir = await tempDir();
    const before = manifestsOf(await template([], together));
    const first = await start(before, DEFAULT, ['calls', 'calls-back'], dir);
    expect(await call(first, 'calls', 'calls-back')).toMatchObject({ pid: first.pid });
    const after = manifestsOf(await template([], apart));
    const second = await start(after, BACK, ['calls-back']);
    const answering = async () => ((await call(first, 'calls', 'calls-back')) as { pid: number }).pid;
    for (const [manifests, portal] of [
      [after, second],
      [before, first],
      [after, second],
    ] as const) {
      await mount(manifests, DEFAULT, dir);
      await waitFor('calls to go to the other backend', async () => (await answering()) === portal.pid);
    }
    const answers = async () => [await call(first, 'calls', 'calls-back'), await call(second, 'calls-back', 'calls')];
    expect(await answers()).toEqual([
      { type: 'service', subject: 'plugin:calls', pid: second.pid },
      { type: 'service', subject: 'plugin:calls-back', pid: first.pid },
    ]);
    expect((await second.fetch('/api/calls-back/whoami')).status).toBe(401);
  });

  test('call each other with service keys of the operator, too, each with its own plugins alone', async () => {
    const manifests = manifestsOf(await template([], { ...apart, serviceKeys: { secret: 'keys', keyId: 'the-key' } }));
    const [first, second] = await Promise.all([
      start(manifests, DEFAULT, ['calls']),
      start(manifests, BACK, ['calls-back']),
    ]);
    expect(await call(first, 'calls', 'calls-back')).toMatchObject({ subject: 'plugin:calls', pid: second.pid });
    expect(await call(second, 'calls-back', 'calls')).toMatchObject({ subject: 'plugin:calls-back', pid: first.pid });
    expect(await helmTest(manifests)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^(ok .*\n){4}$/) as unknown,
    });
    await second.stop('SIGKILL');
    expect(await helmTest(manifests)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('ECONNREFUSED') as unknown,
    });
    const published = await first.fetch('/api/calls/.backstage/auth/v1/jwks.json');
    expect(await published.json()).toMatchObject({ keys: [{ kid: 'the-key' }] });
  });

  /** Runs what the pod of `helm test` does. */
  async function helmTest(manifests: Manifest[]) {
    const [container] = find(manifests, 'Pod', `${DEFAULT}-test`).spec.containers;
    expect(container.command).toEqual(['stagedoor-probe']);
    const urls = (container.args as string[]).map((url) => onThisMachine(url, DEFAULT));
    return await runProcess(process.execPath, [join(repository, 'scripts/image/probe.mjs'), ...urls]);
  }

  /** Runs the containers of a Deployment: the installer to its end, then the portal. */
  async function start(manifests: Manifest[], name: string, plugins: string[], dir?: string): Promise<Portal> {
    const folder = dir ?? (await tempDir());
    const root = join(folder, 'root');
    await install(manifests, name, plugins, folder, root);
    const configFiles = await mount(manifests, name, folder);
    const env = { ...postgres.env, NODE_ENV: 'production' };
    const port = ports[name];
    const portal = await startPortal({ configFiles, root, dir: folder, port, env });
    // Told to end, it would wait until a Service had noticed.
    onTestFinished(async () => void (await portal.stop('SIGKILL')));
    return portal;
  }

  /** Local packages stand for those of registries. Only `plugins` are there: another would be missed. */
  async function install(manifests: Manifest[], name: string, plugins: string[], dir: string, root: string) {
    const list = join(dir, 'list');
    await mkdir(list, { recursive: true });
    for (const id of plugins) await cp(await calling(id), join(list, id), { recursive: true });
    const text = find(manifests, 'ConfigMap', name).data?.['dynamic-plugins.yaml'] ?? '';
    await writeFile(join(list, 'dynamic-plugins.yaml'), text);
    const [container] = find(manifests, 'Deployment', name).spec.template.spec.initContainers;
    expect(container.command).toEqual(['stagedoor']);
    const args = (container.args as string[]).map((argument) =>
      argument.replace('/etc/stagedoor/dynamic-plugins', list).replace('/var/lib/stagedoor/plugins', root),
    );
    const { code, stderr } = await runStagedoor([...args], { env: { HOME: dir } });
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining('error') });
    const installed = (await readdir(root)).filter((entry) => entry.endsWith('-dynamic'));
    expect(installed.sort()).toEqual(plugins.map((id) => `${id}-dynamic`).sort());
  }

  /**
   * Lays the files that the portal of a Deployment is given out as the kubelet does. Services are this machine. Returns
   * the files in the order of the arguments.
   */
  async function mount(manifests: Manifest[], name: string, dir: string): Promise<string[]> {
    const [container] = find(manifests, 'Deployment', name).spec.template.spec.containers;
    const paths = (container.args as string[]).filter((argument) => argument !== '--config');
    const data = find(manifests, 'ConfigMap', name).data ?? {};
    const files: Record<string, string> = {};
    for (const path of paths) {
      // What the installer wrote is not in the ConfigMap.
      const text = data[basename(path)] ?? (await readFile(join(dir, 'root', basename(path)), 'utf8'));
      files[basename(path)] = onThisMachine(text, name);
    }
    await mountFiles(dir, files);
    return paths.map((path) => join(dir, basename(path)));
  }

  function onThisMachine(text: string, self: string): string {
    const own = text
      .replaceAll('127.0.0.1:7007', `127.0.0.1:${ports[self]}`)
      .replaceAll('/etc/stagedoor/service-keys', keys);
    return Object.entries(ports).reduce(
      (all, [name, port]) => all.replaceAll(`//${name}:7007`, `//127.0.0.1:${port}`),
      own,
    );
  }

  async function calling(id: string): Promise<string> {
    return await fixtureBundle(join(bundles, id), 'calls', {
      packageJson: { name: `${id}-dynamic`, backstage: { role: 'backend-plugin', pluginId: id } },
    });
  }

  /** What the plugin `to` answers when `from` asks it as itself. */
  async function call(portal: Portal, from: string, to: string): Promise<unknown> {
    const response = await portal.fetch(`/api/${from}/call?to=${to}&as=service`, { token });
    return await response.json();
  }
});

/** As a mounted secret has them. */
async function writeKeys(dir: string): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'private.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(join(dir, 'public.key'), publicKey.export({ type: 'spki', format: 'pem' }));
}
