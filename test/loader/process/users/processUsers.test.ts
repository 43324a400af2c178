import { spawn } from 'node:child_process';
import { chmod, lstat, mkdir, readFile, readdir, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { PluginStatus } from '@stagedoor/loader';
import { runProcess } from '../../../support/childProcess';
import { GREETER, drop, greeterWords } from '../../../support/greeter';
import type { Portal } from '../../../support/portal';
import { pluginsOf, untilGone, untilState } from '../../../support/portalPlugins';
import { isRunning } from '../../../support/processes';
import { dropRunsCode, packageOf, run } from '../../../support/runsCode';
import { removeTempDir } from '../../../support/tempDir';
import { describeSwitching, makeOpenHome, openHome, startSwitching } from '../../../support/userSwitching';
import { waitFor } from '../../../support/waitFor';

const FIRST = 43_000;
/** Of the portal that several tests have: another portal would end what runs as users of both. */
const SHARED = 47_000;
const USERS = { process: { users: { from: FIRST, count: 20 } } };

/** A portal whose plugins run in processes, by default with users of their own; stopped when the test ends. */
async function startWithUsers(dir: string, settings: object = {}): Promise<RunningPortal> {
  const portal = await start(dir, settings);
  onTestFinished(async () => void (await portal.stop()));
  return portal;
}

async function start(dir: string, settings: object = {}): Promise<RunningPortal> {
  const config = { dynamicPlugins: { isolation: 'process', ...USERS, ...settings } };
  const portal = await startSwitching(dir, { config });
  return Object.assign(portal, { get: (path: string) => portal.fetch(path) });
}

type RunningPortal = Portal & { get(path: string): Promise<Response> };

async function untilRunning(portal: Portal, id: string, version?: string): Promise<PluginStatus> {
  return await untilState(portal, packageOf(id), 'running', version);
}

/** A portal with the plugins `one` and `two`, and what each is. */
interface Two {
  backend: RunningPortal;
  home: string;
  one: PluginStatus;
  two: PluginStatus;
}

async function dropTwo(backend: RunningPortal, home: string): Promise<Two> {
  for (const id of ['one', 'two']) await dropRunsCode(backend, id);
  return { backend, home, one: await untilRunning(backend, 'one'), two: await untilRunning(backend, 'two') };
}

async function startTwo(): Promise<Two> {
  const home = await openHome();
  return await dropTwo(await startWithUsers(home), home);
}

/** Waits until the plugin `one` runs in another process than `pid`. */
async function untilAnotherRuns(backend: RunningPortal, pid: number): Promise<PluginStatus> {
  return await waitFor('another process', async () => {
    const status = (await pluginsOf(backend)).find(({ name }) => name === packageOf('one'));
    return status?.state === 'running' && status.process && status.process.pid !== pid ? status : undefined;
  });
}

const ADD_ROW = `
  const knex = await database.getClient();
  if (!(await knex.schema.hasTable('rows'))) await knex.schema.createTable('rows', (table) => table.string('text'));
  await knex('rows').insert({ text: 'row' });
  return (await knex('rows')).length`;

/** Things that a hostile plugin does to a path, each with what it comes to where it may not. */
const reads = (path: string): string => `return require('fs').readFileSync(${JSON.stringify(path)}, 'latin1').length`;
const lists = (path: string): string => `return require('fs').readdirSync(${JSON.stringify(path)})`;
const writes = (path: string): string => `return require('fs').writeFileSync(${JSON.stringify(path)}, 'x')`;
const connects = (path: string): string =>
  `return await new Promise((resolve, reject) =>
     require('net').connect(${JSON.stringify(path)}, () => resolve('connected')).on('error', reject))`;

/** The only socket of a user. */
async function socketOf({ stateDir }: RunningPortal, user: number): Promise<string> {
  const sockets = join(stateDir, 'run');
  for (const entry of await readdir(sockets))
    if ((await lstat(join(sockets, entry))).uid === user) return join(sockets, entry, 's');
  throw new Error(`User ${user} has no socket`);
}

async function copyOf({ stateDir }: RunningPortal, id: string): Promise<string> {
  const copies = join(stateDir, 'staged', packageOf(id));
  return join(copies, (await readdir(copies))[0]!, 'index.cjs');
}

await describeSwitching('a plugin process with a user of its own', () => {
  // Of the tests that leave both plugins running.
  let both: Two;

  beforeAll(async () => {
    const home = await makeOpenHome();
    both = await dropTwo(await start(home, { process: { users: { from: SHARED, count: 20 } } }), home);
  });

  afterAll(async () => {
    await both?.backend.stop();
    if (both) await removeTempDir(both.home);
  });

  test('runs as nobody else does, in no other group, and has its own code, rows and temporary files', async () => {
    const { backend, home, one, two } = both;
    for (const { process: status, pluginIds } of [one, two]) {
      const ids =
        'return [process.getuid(), process.geteuid(), process.getgid(), process.getegid(), process.getgroups()]';
      const user = status!.user!;
      expect(await run(backend, pluginIds[0]!, ids)).toEqual({ value: [user, user, user, user, [user]] });
      expect(await run(backend, pluginIds[0]!, ADD_ROW)).toEqual({ value: 1 });
      const file =
        "require('fs').writeFileSync(require('path').join(require('os').tmpdir(), 'file'), ''); return process.env.HOME";
      expect((await run(backend, pluginIds[0]!, file)).value).toContain(join(home, 'state', 'run'));
    }
    expect(new Set([one.process!.user, two.process!.user]).size).toBe(2);
    expect([one, two].map((status) => status.process!.user! - SHARED).sort()).toEqual([0, 1]);
  });

  test('may be confined as well, and has its rows and threads that are', async () => {
    const backend = await startWithUsers(await openHome(), { process: { ...USERS.process, permissionModel: true } });
    await dropRunsCode(backend, 'one');
    const { process: status } = await untilRunning(backend, 'one');
    expect(await run(backend, 'one', 'return process.getuid()')).toEqual({ value: status!.user });
    expect(await run(backend, 'one', ADD_ROW)).toEqual({ value: 1 });
    expect(await run(backend, 'one', reads('/etc/passwd'))).toEqual({ code: 'ERR_ACCESS_DENIED' });
    expect(await run(backend, 'one', `return process.kill(${backend.pid}, 0)`)).toMatchObject({ code: 'EPERM' });
    const thread = `
      const { Worker } = require('worker_threads');
      const code = 'require("net").connect(1, "127.0.0.1").on("error", ({ code }) => require("worker_threads").parentPort.postMessage(code))';
      return await new Promise((resolve, reject) => new Worker(code, { eval: true }).on('message', resolve).on('error', reject))`;
    expect(await run(backend, 'one', thread)).toEqual({ value: 'EACCES' });
  });

  test('reaches neither the portal nor another plugin', async () => {
    const { backend, home, one, two } = both;
    await run(backend, 'two', ADD_ROW);
    const [portal, other] = [backend.pid, two.process!.pid];
    const denied: string[] = [];
    for (const pid of [portal, other]) {
      for (const name of ['environ', 'mem', 'maps']) denied.push(reads(`/proc/${pid}/${name}`));
      denied.push(`return require('fs').readlinkSync('/proc/${pid}/cwd')`, lists(`/proc/${pid}/fd`));
      for (const signal of ['0', "'SIGUSR1'", "'SIGKILL'"]) denied.push(`return process.kill(${pid}, ${signal})`);
    }
    const { stateDir } = backend;
    for (const name of ['plugins.json', 'users.json', 'staged.json']) {
      denied.push(reads(join(stateDir, name)), writes(join(stateDir, name)));
    }
    for (const name of ['', 'run', 'lock', 'staged', 'staged/two-dynamic', 'compiled', 'tmp'])
      denied.push(lists(join(stateDir, name)));
    for (const name of ['', 'run', 'lock', 'staged', 'tmp', 'foreign'])
      denied.push(writes(join(stateDir, name, 'planted')));
    denied.push(reads(await copyOf(backend, 'two')), writes(await copyOf(backend, 'one')));
    denied.push(connects(await socketOf(backend, two.process!.user!)));
    for (const name of ['two.sqlite', 'two.sqlite.d/two.sqlite', 'auth.sqlite']) {
      denied.push(reads(join(home, 'data', name)), writes(join(home, 'data', name)));
    }
    for (const name of ['two.sqlite-journal', 'two.sqlite.d/two.sqlite-journal', 'auth.sqlite-wal']) {
      denied.push(writes(join(home, 'data', name)));
    }
    for (const code of denied) {
      expect({ code, answer: await run(backend, 'one', code) }).toEqual({
        code,
        answer: { code: expect.stringMatching(/^(EACCES|EPERM)$/) },
      });
    }
    expect([one, two].map((status) => isRunning(status.process!.pid))).toEqual([true, true]);
  });

  test('keeps user and rows over a crash, an update and a restart of the portal', async () => {
    const { backend, home, one } = await startTwo();
    const { pid, user } = one.process!;
    expect(await run(backend, 'one', ADD_ROW)).toEqual({ value: 1 });
    process.kill(pid, 'SIGKILL');
    expect((await untilAnotherRuns(backend, pid)).process!.user).toBe(user);
    expect(await run(backend, 'one', ADD_ROW)).toEqual({ value: 2 });
    await dropRunsCode(backend, 'one', '1.0.1');
    expect((await untilRunning(backend, 'one', '1.0.1')).process!.user).toBe(user);
    expect(await run(backend, 'one', ADD_ROW)).toEqual({ value: 3 });
    await backend.stop();
    // As a plugin leaves behind that a portal had no time to end.
    const left = spawn('sleep', ['600'], { uid: user, gid: user });
    const ended = new Promise((resolve) => left.once('exit', (_code, signal) => resolve(signal)));
    const restarted = await startWithUsers(home);
    expect(await ended).toBe('SIGKILL');
    expect((await untilRunning(restarted, 'one')).process!.user).toBe(user);
    expect(await run(restarted, 'one', ADD_ROW)).toEqual({ value: 4 });
    await untilRunning(restarted, 'two');
    // Folders of processes that have ended are gone, at the next start at the latest.
    await expect.poll(() => readdir(join(home, 'state', 'run'))).toHaveLength(2);
    expect((await run(restarted, 'two', reads(join(home, 'data', 'one.sqlite')))).code).toBe('EACCES');
  });

  test('keeps its user in quarantine, in which nothing of it runs, and after it', async () => {
    const { backend, one } = await startTwo();
    let { pid } = one.process!;
    const { user } = one.process!;
    for (let crash = 1; crash < 5; crash++) {
      process.kill(pid, 'SIGKILL');
      pid = (await untilAnotherRuns(backend, pid)).process!.pid;
    }
    process.kill(pid, 'SIGKILL');
    await untilState(backend, packageOf('one'), 'quarantined');
    await expect.poll(async () => (await runProcess('ps', ['-o', 'comm=', '-u', String(user)])).stdout).toBe('');
    await dropRunsCode(backend, 'one', '1.0.1');
    expect((await untilRunning(backend, 'one', '1.0.1')).process!.user).toBe(user);
    expect(await run(backend, 'one', ADD_ROW)).toEqual({ value: 1 });
  });

  test('reads the modules of its plugin, which other packages bring', async () => {
    const backend = await startWithUsers(await openHome());
    await drop(backend, 'greeter-module-word');
    await drop(backend, 'greeter');
    await untilState(backend, GREETER, 'running');
    await expect.poll(() => greeterWords(backend)).toHaveLength(1);
    process.kill((await untilState(backend, GREETER, 'running')).process!.pid, 'SIGKILL');
    await untilState(backend, GREETER, 'backoff');
    await untilState(backend, GREETER, 'running');
    expect(await greeterWords(backend)).toHaveLength(1);
  });

  test('takes over the rows that it had without, and leaves them for a portal without', async () => {
    const home = await openHome();
    const before = await startWithUsers(home, { process: {} });
    await dropRunsCode(before, 'one');
    expect((await untilRunning(before, 'one')).process!.user).toBe(0);
    expect(await run(before, 'one', ADD_ROW)).toEqual({ value: 1 });
    await before.stop();
    const during = await startWithUsers(home);
    expect((await untilRunning(during, 'one')).process!.user).toBe(FIRST);
    expect(await run(during, 'one', ADD_ROW)).toEqual({ value: 2 });
    await during.stop();
    const after = await startWithUsers(home, { isolation: 'in-process', process: {} });
    await untilRunning(after, 'one');
    expect(await run(after, 'one', ADD_ROW)).toEqual({ value: 3 });
    expect((await lstat(after.stateDir)).mode & 0o777).toBe(0o700);
  });

  test('takes along all that it started, whatever that did to be lost', async () => {
    const { backend, one } = await startTwo();
    const started = await run(
      backend,
      'one',
      "return require('child_process').spawn('setsid', ['-f', 'sleep', '600.5'], { env: {}, detached: true, stdio: 'ignore' }).pid",
    );
    expect(started).toEqual({ value: expect.any(Number) });
    const user = String(one.process!.user);
    const sleeping = async (): Promise<string> => (await runProcess('ps', ['-o', 'comm=', '-u', user])).stdout;
    await expect.poll(sleeping).toContain('sleep');
    await rm(join(backend.root, packageOf('one')), { recursive: true });
    await untilGone(backend, packageOf('one'));
    await expect.poll(sleeping).toBe('');
  });

  test('cannot lead the portal to another socket than its own', async () => {
    const { backend, home, one } = both;
    const lure = join(home, 'lure');
    let callers = 0;
    const server = createServer((socket) => (callers++, socket.destroy())).listen(lure);
    onTestFinished(() => void server.close());
    const own = await socketOf(backend, one.process!.user!);
    const swap = `const fs = require('fs'); fs.unlinkSync('${own}'); fs.symlinkSync('${lure}', '${own}'); return 'swapped'`;
    expect(await run(backend, 'one', swap)).toEqual({ value: 'swapped' });
    const answers = await Promise.all(Array.from({ length: 5 }, () => run(backend, 'one', 'return process.pid')));
    expect(answers).toEqual(answers.map(() => ({ value: one.process!.pid })));
    expect(callers).toBe(0);
  });

  test('is not that of a package which says that it is for the same plugin', async () => {
    const { backend, home, one } = both;
    const { value: rows } = await run(backend, 'one', ADD_ROW);
    await dropRunsCode(backend, 'one', '9.0.0', 'thief-dynamic');
    const status = await untilState(backend, 'thief-dynamic', 'rejected');
    expect(status).toMatchObject({ code: 'PLUGIN_ID_CONFLICT' });
    const { users } = JSON.parse(await readFile(join(backend.stateDir, 'users.json'), 'utf8')) as {
      users: Record<string, number>;
    };
    const given = ['one-dynamic', 'thief-dynamic'].map((name) => users[JSON.stringify([name, 'one'])]);
    expect(given).toEqual([one.process!.user, expect.any(Number)]);
    expect(given[1]).not.toBe(given[0]);
    expect((await lstat(join(home, 'data', 'one.sqlite.d'))).uid).toBe(one.process!.user);
    expect(await run(backend, 'one', ADD_ROW)).toEqual({ value: (rows as number) + 1 });
  });

  test('may not be left something to open by the portal: what it writes meanwhile is its own', async () => {
    const { home, two } = both;
    // Whatever code runs as the user of `two`, in a process or not.
    const as = [`--reuid=${two.process!.user}`, `--regid=${two.process!.user}`, '--clear-groups', '--'];
    const found = await runProcess('setpriv', [...as, 'find', home, '-readable', '-not', '-type', 'l']);
    const allowed = [
      home,
      join(home, 'dynamic-plugins-root'),
      join(home, 'checkout'),
      // The portal's working directory, in which it writes nothing.
      join(home, 'deployment'),
      join(home, 'app-config.'),
      join(home, 'deployment'),
      join(home, 'state', 'node_modules'),
      join(home, 'data', 'two.sqlite.d'),
    ];
    const others = found.stdout
      .split('\n')
      .filter((path) => path && path !== home && !allowed.slice(1).some((dir) => path.startsWith(dir)));
    expect(others).toEqual([]);
  });

  test('has its rows where volumes are made for everybody to write', async () => {
    const home = await openHome();
    await mkdir(join(home, 'data'));
    await chmod(join(home, 'data'), 0o777);
    const backend = await startWithUsers(home);
    await dropRunsCode(backend, 'one');
    await untilRunning(backend, 'one');
    expect(await run(backend, 'one', ADD_ROW)).toEqual({ value: 1 });
    expect((await lstat(join(home, 'data'))).mode & 0o777).toBe(0o771);
  });

  test('is not given a database that lies elsewhere', async () => {
    const home = await openHome();
    await mkdir(join(home, 'data'));
    await symlink('auth.sqlite', join(home, 'data', 'one.sqlite'));
    const backend = await startWithUsers(home);
    await dropRunsCode(backend, 'one');
    const status = await untilState(backend, packageOf('one'), 'rejected');
    expect(status).toMatchObject({ code: 'PROCESS_USER_UNAVAILABLE', message: expect.stringContaining('is a link') });
  });
});
