import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { applyDiff, stepsOf } from '../../scripts/adopt/guide.mjs';
import { TEMPLATE_PLUGINS } from '../../scripts/lib/templatePlugins.mjs';
import { packAll } from '../../scripts/release/pack.mjs';
import { publishedPackages } from '../../scripts/release/packages.mjs';
import { fixtureBundle } from '../support/bundles';
import { freePort } from '../support/freePort';
import { repository } from '../support/repository';
import { makeTempDir, removeTempDir } from '../support/tempDir';
import { waitFor } from '../support/waitFor';
import { installPacked } from './packedProject';

const PATHS = ['auth/guest/refresh', 'notifications', 'permission/authorize', 'proxy/nothing', 'scaffolder/v2/actions'];
PATHS.push('scaffolder/v2/tasks', 'search/query?term=', 'signals', 'techdocs/metadata/techdocs/a/b/c', 'nothing');

const GUIDE = join(repository, 'docs/getting-started/adopt.md');
/** The hook that `backstage-cli package start` loads first. It compiles TypeScript with SWC: here esbuild does. */
const HOOK = 'node_modules/@backstage/cli-node/config';
const COMPILER = `const { transformSync } = require('esbuild');
const { readFileSync } = require('node:fs');
exports.transformSync = (code, { filename, module }) => transformSync(code, {
  loader: 'ts', format: module.type === 'es6' ? 'esm' : 'cjs', sourcefile: filename, sourcemap: 'inline',
});
exports.transformFileSync = (filename, options) =>
  exports.transformSync(readFileSync(filename, 'utf8'), { ...options, filename });`;

let home: string;
let app: string;

beforeAll(async () => {
  home = await makeTempDir();
  app = join(home, 'app');
  await mkdir(join(app, 'packages/backend/src'), { recursive: true });
  const needed = publishedPackages().filter(({ manifest }) => /\/(bundle|loader)$/.test(manifest.name));
  const packed = await packAll(needed, { out: join(home, 'archives'), project: {} });
  await installPacked(
    app,
    packed.map(({ file }) => file),
  );
  await writeFile(join(app, '.gitignore'), 'node_modules\n');
  await writeFile(join(app, 'package.json'), JSON.stringify({ name: 'root', workspaces: ['packages/*'] }));
  await writeFile(
    join(app, 'packages/backend/package.json'),
    JSON.stringify({ name: 'backend', backstage: { role: 'backend' } }),
  );
  const adds = TEMPLATE_PLUGINS.map((name) => `backend.add(import('${name}'));`).join('\n');
  await writeFile(
    join(app, 'packages/backend/src/index.ts'),
    `import { createBackend } from '@backstage/backend-defaults';\n\nconst backend = createBackend();\n\n${adds}\n\nbackend.start();\n`,
  );
  await cp(join(repository, HOOK), join(home, 'hook'), { recursive: true });
  const compiler = join(home, 'hook/node_modules/@swc/core');
  await mkdir(compiler, { recursive: true });
  await writeFile(join(compiler, 'index.js'), COMPILER);
  for (const name of ['esbuild', 'pirates']) {
    await symlink(join(repository, 'node_modules', name), join(home, 'hook/node_modules', name));
  }
});

afterAll(async () => {
  if (home) await removeTempDir(home);
});

/** A backend that runs as `backstage-cli package start` runs it, and what that was asked to watch. */
interface Running {
  url: string;
  watched: string[];
  log(): string;
  stop(): Promise<void>;
}

async function start(): Promise<Running> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  await writeFile(
    join(app, 'app-config.local.yaml'),
    JSON.stringify({ app: { baseUrl: url }, backend: { baseUrl: url, listen: { host: '127.0.0.1', port } } }),
  );
  const child = fork(join(app, 'packages/backend/src/index.ts'), {
    cwd: join(app, 'packages/backend'),
    execArgv: ['--require', join(home, 'hook/nodeTransform.cjs')],
    env: { ...process.env, NODE_ENV: 'development', BACKSTAGE_CLI_CHANNEL: '1' },
    serialization: 'advanced',
    silent: true,
  });
  const ended = once(child, 'close');
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
  };
  onTestFinished(stop);
  const log = textOf(child);
  const watched: string[] = [];
  child.on('message', (message: { type?: string; path?: string; id?: number }) => {
    if (message.type === 'watch') watched.push(message.path!);
    // It keeps in-memory databases from one start to the next: none so far.
    if (message.type === '@backstage/cli/channel/request') {
      child.send({ type: '@backstage/cli/channel/response', id: message.id, body: { loaded: false } });
    }
  });
  const ready = waitFor(
    'the backend to be ready',
    async () => (await fetch(`${url}/.backstage/health/v1/readiness`)).ok,
  );
  const failed = ended.then(() => Promise.reject(new Error('The backend has ended')));
  await Promise.race([ready, failed]).catch((error: Error) => {
    throw new Error(`${error.message}\n${log()}`);
  });
  return { url, watched, log, stop };
}

function textOf(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding('utf8').on('data', (part) => (text += part));
  return () => text;
}

async function sessionOf({ url }: Running): Promise<{ authorization: string }> {
  const answer = await (await fetch(`${url}/api/auth/guest/refresh`)).json();
  return { authorization: `Bearer ${(answer as { backstageIdentity: { token: string } }).backstageIdentity.token}` };
}

async function answersOf(backend: Running): Promise<Record<string, number[]>> {
  const headers = await sessionOf(backend);
  const both = async (path: string) =>
    await Promise.all(
      [{}, { headers }].map(async (options) => (await fetch(`${backend.url}/api/${path}`, options)).status),
    );
  return Object.fromEntries(await Promise.all(PATHS.map(async (path) => [path, await both(path)])));
}

test('a backend of create-app takes the steps of the guide: its plugins answer as before, and one more comes, changes and goes', async () => {
  const config = { auth: { providers: { guest: {} } }, permission: { enabled: true } };
  const database = { client: 'better-sqlite3', connection: ':memory:' };
  const yaml = Object.entries({ ...config, backend: { database } }).map(
    ([key, value]) => `${key}: ${JSON.stringify(value)}`,
  );
  await writeFile(join(app, 'app-config.yaml'), `${yaml.join('\n')}\n`);
  const plain = await start();
  const before = await answersOf(plain);
  await plain.stop();

  // What the guide changes before it makes a plugin.
  const steps = stepsOf(GUIDE);
  const plugin = steps.findIndex(({ body }) => body.startsWith('yarn new '));
  const diffs = steps.slice(0, plugin).filter(({ kind }) => kind === 'diff');
  expect(diffs.map(({ body }) => body.split('\n')[0])).toEqual([
    '+++ packages/backend/src/index.ts',
    '+++ app-config.yaml',
    '+++ .gitignore',
  ]);
  for (const { body } of diffs) applyDiff(app, body);

  const backend = await start();
  expect(await answersOf(backend)).toEqual(before);
  const root = join(app, 'dynamic-plugins-root');
  expect(existsSync(root), 'the root directory of the guide').toBe(true);

  const headers = await sessionOf(backend);
  const secret = async () => await fetch(`${backend.url}/api/greeter/secret`, { headers });
  const drop = async (version: string): Promise<void> => {
    const bundle = await fixtureBundle(home, 'greeter', { version });
    await rm(join(root, 'greeter'), { recursive: true, force: true });
    await cp(bundle, join(root, 'greeter'), { recursive: true });
    await waitFor(`version ${version}`, async () => backend.log().includes(`greeter-dynamic@${version}: running`));
  };
  await drop('1.0.0');
  expect((await fetch(`${backend.url}/api/greeter/secret`)).status).toBe(401);
  expect((await secret()).status).toBe(200);
  await drop('2.0.0');
  expect(await (await fetch(`${backend.url}/api/greeter/version`)).json()).toEqual({ version: '2.0.0' });
  await rm(join(root, 'greeter'), { recursive: true });
  await waitFor('the plugin to be gone', async () => (await secret()).status === 404);
  expect(await answersOf(backend)).toEqual(before);

  // An in-memory database has one connection: each build has it, with the rows of the builds before.
  const rows = async () => (await fetch(`${backend.url}/api/stores-rows/rows`)).json();
  for (const count of [1, 2, 3]) {
    const bundle = await fixtureBundle(home, 'stores-rows', { version: `${count}.0.0`, sealed: false });
    await rm(join(root, 'stores-rows'), { recursive: true, force: true });
    if (count === 3) await waitFor('the plugin to be gone', async () => /stores-rows\S*: removed/.test(backend.log()));
    await cp(bundle, join(root, 'stores-rows'), { recursive: true });
    await waitFor(`${count} rows`, async () => ((await rows()) as { rows: string[] }).rows.length === count);
  }

  // What is watched and then deleted would restart the backend.
  expect(backend.watched).toContain(join(app, 'packages/backend/src/index.ts'));
  expect(backend.watched.filter((path) => path.startsWith(join(app, '.stagedoor')))).toEqual([]);
});
