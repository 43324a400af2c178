import { appendFile, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startBackend } from '../../support/backend';
import { FAULTY, commit, startFaulty, startIsolating, untilRestarted } from '../../support/faulty';
import { GREETER, drop, greeterWords } from '../../support/greeter';
import { startPortal } from '../../support/portal';
import { untilState } from '../../support/portalPlugins';
import { pluginProcesses } from '../../support/processes';
import { tempDir } from '../../support/tempDir';

const WORD_MODULE = 'greeter-module-word-dynamic';

describe('isolation', () => {
  test('is chosen for one plugin or for all, and modules go where their plugin is', async () => {
    const backend = await startBackend({ dynamicPlugins: { plugins: { greeter: { isolation: 'process' } } } });
    await drop(backend, 'faulty');
    await drop(backend, 'greeter-module-word');
    await backend.until(WORD_MODULE, 'waiting');
    await drop(backend, 'greeter');
    expect(await backend.until(GREETER, 'running')).toMatchObject({ isolation: 'process' });
    expect(await backend.until(WORD_MODULE, 'running')).toMatchObject({ isolation: 'process' });
    expect(await backend.until(FAULTY, 'running')).toMatchObject({ isolation: 'in-process' });
    expect(await greeterWords(backend)).toEqual(['hello']);
    expect(await pluginProcesses(process.pid)).toHaveLength(1);
  });

  test('of all with an exception that names no packages is warned of at the start, by plugin', async () => {
    const warnings = async (isolation: string): Promise<string[]> => {
      const plugins = {
        auth: { isolation: 'in-process' },
        greeter: { isolation: 'in-process', packages: [GREETER] },
        faulty: { memoryLimitMb: 100 },
      };
      const backend = await startIsolating({ dynamicPlugins: { isolation, plugins } });
      return backend.logs.filter((line) => line.startsWith('warn dynamicPlugins.plugins.'));
    };
    expect(await warnings('process')).toEqual([
      expect.stringMatching(/plugins\.auth: .*first bundles.* under packages/),
    ]);
    expect(await warnings('in-process')).toEqual([]);
  });

  test('keeps a module from running in the portal with a plugin of the portal, unless the operator says it may', async () => {
    for (const [plugins, state] of [
      [{}, 'rejected'],
      [{ auth: { isolation: 'in-process' } }, 'running'],
    ] as const) {
      const backend = await startIsolating({ dynamicPlugins: { plugins } });
      await drop(backend, 'auth-module');
      const status = await backend.until('auth-module-dynamic', state);
      expect(status!.code).toBe(state === 'rejected' ? 'ISOLATION_IMPOSSIBLE' : undefined);
      if (state === 'rejected') expect(status!.hint).toContain('dynamicPlugins.plugins.auth.isolation');
      expect(await pluginProcesses(process.pid)).toEqual([]);
      await backend.stop();
    }
  });

  test('has seen a bundle in a process before its code may run in the portal, whatever its package.json says', async () => {
    const proof = join(await tempDir(), 'loaded-in');
    const backend = await startIsolating({ dynamicPlugins: { plugins: { auth: { isolation: 'in-process' } } } });
    const packageJson = { backstage: { role: 'backend-plugin', pluginId: 'auth' }, proof };
    await drop(backend, 'tells-process', { packageJson });
    expect(await backend.until('tells-process-dynamic', 'running')).toMatchObject({ isolation: 'process' });
    expect((await readFile(proof, 'utf8')).trim().split('\n')).not.toContain(String(process.pid));
  });

  test('of all with an exception that names no packages lets the first bundle into the portal, and no other one until it is named', async () => {
    const plugins = { auth: { isolation: 'in-process' } };
    const stateDirectory = join(await tempDir(), 'state');
    const other = { packageJson: { name: 'other-auth-dynamic' } };
    const first = await startIsolating({ dynamicPlugins: { stateDirectory, plugins } });
    await drop(first, 'auth-module');
    expect(await first.until('auth-module-dynamic', 'running')).toMatchObject({ isolation: 'in-process' });
    await first.stop();
    // The drop of the first one is gone.
    const again = await startIsolating({ dynamicPlugins: { stateDirectory, plugins } });
    await drop(again, 'auth-module', other);
    const status = await again.until('other-auth-dynamic', 'rejected');
    expect(status).toMatchObject({ code: 'ISOLATION_IMPOSSIBLE' });
    expect(status!.hint).toContain('packages: [auth-module-dynamic, other-auth-dynamic]');
    expect(again.logs).toContainEqual(
      expect.stringMatching(/plugins\.auth: .* auth-module-dynamic may run in the portal/),
    );
    expect(again.logs).toContainEqual(expect.stringMatching(/other-auth-dynamic does not run in the portal/));
    await again.stop();
    const named = { ...plugins, auth: { isolation: 'in-process', packages: ['other-auth-dynamic'] } };
    const last = await startIsolating({ dynamicPlugins: { stateDirectory, plugins: named } });
    await drop(last, 'auth-module', other);
    expect(await last.until('other-auth-dynamic', 'running')).toMatchObject({ isolation: 'in-process' });
  });

  test('has exceptions for the bundles that the operator names', async () => {
    const auth = { isolation: 'in-process', packages: ['another-dynamic'] };
    const backend = await startIsolating({ dynamicPlugins: { plugins: { auth } } });
    await drop(backend, 'auth-module');
    const status = await backend.until('auth-module-dynamic', 'rejected');
    expect(status).toMatchObject({ code: 'ISOLATION_IMPOSSIBLE' });
    expect(status!.hint).toContain('packages: [auth-module-dynamic]');
    await backend.stop();
    const named = await startIsolating({
      dynamicPlugins: { plugins: { auth: { ...auth, packages: ['auth-module-dynamic'] } } },
    });
    await drop(named, 'auth-module');
    expect(await named.until('auth-module-dynamic', 'running')).toMatchObject({ isolation: 'in-process' });
  });

  test('takes the signal that opens an inspector away from a portal', async () => {
    const portal = await startPortal({ config: { dynamicPlugins: { isolation: 'process' } } });
    onTestFinished(async () => void (await portal.stop()));
    process.kill(portal.pid, 'SIGUSR1');
    await expect.poll(() => portal.logs()).toContain('SIGUSR1 is ignored');
    expect(portal.logs()).not.toContain('Debugger listening');
  });

  test('gives a plugin a small environment, with what the operator lists', async () => {
    process.env.STAGEDOOR_TEST_SECRET = 'x';
    process.env.STAGEDOOR_TEST_LISTED = 'y';
    onTestFinished(() => {
      delete process.env.STAGEDOOR_TEST_SECRET;
      delete process.env.STAGEDOOR_TEST_LISTED;
    });
    const listed = ['STAGEDOOR_TEST_LISTED'];
    const backend = await startFaulty({ dynamicPlugins: { process: { environment: listed, memoryLimitMb: 200 } } });
    const { names, argv } = (await (await backend.get('/api/faulty/environment')).json()) as Record<string, string[]>;
    expect(names).toContain('PATH');
    expect(names).toContain('STAGEDOOR_TEST_LISTED');
    expect(names).not.toContain('STAGEDOOR_TEST_SECRET');
    expect(argv).toContain('--max-old-space-size=200');
  });

  test('keeps the socket of a plugin to the user that the portal runs as', async () => {
    const backend = await startFaulty();
    const { mode } = await stat(join(backend.stateDir, 'run'));
    expect((mode & 0o777).toString(8)).toBe('700');
  });

  test('works from a state directory whose path is too long for a socket', async () => {
    const stateDirectory = join(await tempDir(), 'd'.repeat(120));
    await mkdir(stateDirectory);
    const backend = await startFaulty({ dynamicPlugins: { stateDirectory } });
    expect((await backend.get('/api/faulty/ping')).status).toBe(200);
  });
});

describe('a process of a plugin', () => {
  test('logs through the portal with its levels, and what it prints, as that plugin', async () => {
    const lines: Array<{ level: string; labels: object; message: string; meta: unknown }> = [];
    const logger = (labels: object): never => {
      const log = (level: string) => (message: string, meta: unknown) => lines.push({ level, labels, message, meta });
      const child = (more: object) => logger({ ...labels, ...more });
      return { error: log('error'), warn: log('warn'), info: log('info'), debug: log('debug'), child } as never;
    };
    const backend = await startFaulty({ logger: logger({}) });
    await commit(backend, 'logs');
    await commit(backend, 'print');
    await commit(backend, 'forge');
    await expect.poll(() => lines.some(({ message }) => message === 'forged')).toBe(true);
    const said = lines.filter(({ labels }) => (labels as { plugin?: string }).plugin === 'faulty');
    for (const level of ['error', 'warn', 'info', 'debug']) {
      expect(said).toContainEqual(expect.objectContaining({ level, message: `said at ${level}`, meta: { level } }));
    }
    const { meta } = said.find(({ message }) => message === 'with an error')!;
    expect(meta).toBeInstanceOf(Error);
    expect((meta as Error).stack).toContain('the reason');
    expect(said).toContainEqual(expect.objectContaining({ level: 'info', message: 'printed to stdout' }));
    expect(said).toContainEqual(expect.objectContaining({ level: 'warn', message: 'printed to stderr' }));
    expect(lines.find(({ message }) => message === 'forged')!.labels).toMatchObject({ plugin: 'faulty' });
  });

  test('sees app-config as it is, and as it changes', async () => {
    const portal = await startPortal({
      config: { dynamicPlugins: { isolation: 'process' }, faulty: { secret: 'first' } },
    });
    onTestFinished(async () => void (await portal.stop()));
    await drop(portal, 'faulty');
    const { process: before } = await untilState(portal, FAULTY, 'running');
    const seen = async (): Promise<unknown> => (await portal.fetch('/api/faulty/config?key=faulty.secret')).json();
    expect(await seen()).toEqual({ value: 'first' });
    const changed = { dynamicPlugins: { isolation: 'process' }, faulty: { secret: 'second' } };
    await writeFile(join(portal.dir, 'app-config.overlay.yaml'), JSON.stringify(changed));
    await expect.poll(seen).toEqual({ value: 'second' });
    expect((await untilState(portal, FAULTY, 'running')).process!.pid).toBe(before!.pid);
  });

  test('runs only what was checked: a staged copy that was changed is not started again', async () => {
    const backend = await startFaulty();
    const copies = join(backend.stateDir, 'staged', FAULTY);
    for (const copy of await readdir(copies)) await appendFile(join(copies, copy, 'index.cjs'), '\n// changed');
    await commit(backend, 'kill');
    await expect
      .poll(async () => (await backend.plugins())[0])
      .toMatchObject({ state: 'backoff', code: 'DIGEST_MISMATCH', attempt: 2 });
  });
});

describe('the permission model of a process', () => {
  const confined = { process: { permissionModel: true } };

  test('leaves a plugin all that it needs, and nothing else', async () => {
    const directory = join(await tempDir(), 'data');
    const backend = await startFaulty({
      dynamicPlugins: confined,
      backend: { database: { client: 'better-sqlite3', connection: { directory } } },
    });
    const read = async (file: string): Promise<unknown> =>
      (await backend.get(`/api/faulty/reads?file=${encodeURIComponent(file)}`)).json();
    expect(await read('/etc/passwd')).toEqual({ code: 'ERR_ACCESS_DENIED' });
    expect(await read(join(backend.stateDir, 'plugins.json'))).toEqual({ code: 'ERR_ACCESS_DENIED' });
    expect((await backend.get('/api/faulty/ping')).status).toBe(200);
    await commit(backend, 'kill');
    await untilRestarted(backend, backend.pid);
  });

  test('says which plugin reached for what it may not have', async () => {
    const backend = await startIsolating({ dynamicPlugins: confined });
    await drop(backend, 'faulty', { packageJson: { initFault: 'read' } });
    const status = await backend.until(FAULTY, 'failed');
    expect(status).toMatchObject({ code: 'ACCESS_DENIED' });
    expect(status!.message).toContain('/etc/passwd');
  });

  test('is off for a plugin for which the operator says so', async () => {
    const plugins = { faulty: { permissionModel: false } };
    const backend = await startFaulty({ dynamicPlugins: { ...confined, plugins } });
    expect((await backend.get('/api/faulty/reads?file=/etc/passwd')).status).toBe(200);
  });
});
