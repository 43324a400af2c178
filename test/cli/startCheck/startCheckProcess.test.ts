import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { startProcess, type ChildProcess } from '../../support/childProcess';
import { processorTime } from '../../support/processes';
import { repository } from '../../support/repository';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';
import { cliEntry, rejection, checkStart, startFixture } from './startCheckSupport';

/** Where everything temporary of a start check lies; empty again after each. */
let temporary: string;

beforeEach(async () => {
  temporary = join(await tempDir(), 'temporary');
  await mkdir(temporary);
  const earlier = process.env.TMPDIR;
  process.env.TMPDIR = temporary;
  onTestFinished(() => {
    if (earlier === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = earlier;
  });
});

function start(bundleDir: string, timeoutMs?: number) {
  return checkStart(bundleDir, { sharedFrom: repository, timeoutMs });
}

/** What a start check takes on this machine now: a timeout that is longer is one of what the bundle does. */
let startCheckMs: Promise<number> | undefined;

async function timeOfStartCheck(): Promise<number> {
  const began = performance.now();
  await start(startFixture('opens-routes'));
  return Math.ceil(performance.now() - began);
}

/** A copy of the fixture that tells the id of the process it starts, and where that is told. */
async function leavesThingsRunning(): Promise<{ dir: string; pid: () => Promise<number> }> {
  const parent = join(temporary, '..');
  const dir = join(parent, 'bundle');
  const pidFile = join(parent, 'pid');
  await cp(startFixture('leaves-things-running'), dir, { recursive: true });
  const packageJson = JSON.parse(await readFile(join(dir, 'package.json'), 'utf8')) as object;
  await writeFile(join(dir, 'package.json'), JSON.stringify({ ...packageJson, pidFile }));
  return { dir, pid: async () => Number(await readFile(pidFile, 'utf8')) };
}

/** False also for a process that has ended and that nobody has asked about yet. */
async function isRunning(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat !== undefined && !/^\d+ \(.*\) [ZX]/.test(stat);
}

/** A process of its own that starts a fixture, and the clean child that it started. */
async function interruptible(fixture: string, before = ''): Promise<{ parent: ChildProcess; child: number }> {
  const options = JSON.stringify({ sharedFrom: repository });
  const call = `checkStart(${JSON.stringify(startFixture(fixture))}, ${options})`;
  const checkIt = `require(${JSON.stringify(cliEntry)}).${call}`;
  const script = `${before}${checkIt}.catch((error) => process.stdout.write(error.name))`;
  const parent = startProcess(process.execPath, ['-e', script], {
    env: { TMPDIR: temporary },
  });
  onTestFinished(async () => void (await parent.stop('SIGKILL')));
  const child = await waitFor('the child to run', async () => {
    const children = await readFile(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8');
    return Number(children.trim().split(' ')[0]);
  });
  return { parent, child };
}

describe('a bundle that misbehaves fails the start check', () => {
  test.each([
    [
      'that names its init where it waits for ever, and what it tried to reach',
      'hangs-in-init',
      /hangs in the init of plugin/,
    ],
    ['that names its init where it never gives way', 'loops-forever', /hangs in the init of plugin/],
  ])('%s', async (_sentence, fixture, message) => {
    const timeoutMs = 500 + 2 * (await (startCheckMs ??= timeOfStartCheck()));
    const error = await rejection(start(startFixture(fixture), timeoutMs));
    expect(error).toMatchObject({ code: 'VERIFY_FAILED', message: expect.stringMatching(message) });
    expect(error.message).toContain(`within ${timeoutMs / 1000} s`);
    expect(error.hint!.includes('database.example.com:5432')).toBe(fixture === 'hangs-in-init');
    expect(await readdir(temporary)).toEqual([]);
  });

  test.each([
    ['where it ends the process', 'exits-in-init', /ended the process \(exit code 0\) in the init of plugin/],
    ['where it crashes', 'crashes-in-init', /was ended by SIGSEGV in the init of plugin/],
    ['where it takes all memory', 'runs-out-of-memory', /ran out of memory \(1024 MB\) in the init of plugin/],
  ])('%s', async (_sentence, fixture, message) => {
    expect(await rejection(start(startFixture(fixture)))).toMatchObject({
      code: 'VERIFY_FAILED',
      message: expect.stringMatching(message),
    });
    expect(await readdir(temporary)).toEqual([]);
  });
});

describe('a start check', () => {
  test('leaves nothing behind: no timer, server or process of the bundle, no folder, no listener', async () => {
    const listeners = process.listenerCount('SIGTERM') + process.listenerCount('exit');
    const { dir, pid } = await leavesThingsRunning();
    const started = await start(dir);
    expect(started.warnings.sort()).toEqual([
      expect.stringMatching(/^an error is thrown outside any call: From a promise, at index\.cjs:\d+$/),
      expect.stringMatching(/^an error is thrown outside any call: From a timer, at index\.cjs:\d+$/),
    ]);
    const left = await pid();
    await waitFor('the process that the plugin started to end', async () => !(await isRunning(left)));
    expect(await readdir(temporary)).toEqual([]);
    expect(process.listenerCount('SIGTERM') + process.listenerCount('exit')).toBe(listeners);
  });

  test('does not touch the bundle', async () => {
    const dir = join(temporary, '../bundle');
    await cp(startFixture('stores-rows'), dir, { recursive: true });
    await start(dir);
    expect((await readdir(dir, { recursive: true })).sort()).toEqual([
      'index.cjs',
      'migrations',
      'migrations/1.js',
      'package.json',
    ]);
  });

  test('may run beside others', async () => {
    const names = ['opens-routes', 'throws-in-init', 'stores-rows', 'exits-in-init'];
    const outcomes = await Promise.allSettled(names.map((name) => start(startFixture(name))));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    expect(await readdir(temporary)).toEqual([]);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'that is interrupted by %s leaves nothing behind either',
    async (signal) => {
      const { parent, child } = await interruptible('loops-forever');
      await waitFor('the child to be at it', async () => (await processorTime(child)) > 30);
      expect(await readdir(temporary)).toHaveLength(1);
      expect(await parent.stop(signal)).toEqual({ code: null, signal });
      expect(await readdir(temporary)).toEqual([]);
      await waitFor('the child to end', async () => !(await isRunning(child)));
    },
  );

  test('is an AbortError for a program that handles the signal itself', async () => {
    const { parent, child } = await interruptible('loops-forever', "process.on('SIGINT', () => {});");
    await waitFor('the child to be at it', async () => (await processorTime(child)) > 30);
    expect(await parent.stop('SIGINT')).toEqual({ code: 0, signal: null });
    expect(parent.stdout()).toBe('AbortError');
    expect(await readdir(temporary)).toEqual([]);
  });

  test('whose parent is killed ends by itself', async () => {
    const { parent, child } = await interruptible('hangs-in-init');
    await parent.stop('SIGKILL');
    await waitFor('the child to end', async () => !(await isRunning(child)));
  });

  test('that cannot be staged says where it tried', async () => {
    process.env.TMPDIR = join(temporary, 'absent');
    expect(await rejection(start(startFixture('opens-routes')))).toMatchObject({
      code: 'VERIFY_FAILED',
      message: expect.stringContaining('absent'),
      hint: expect.stringContaining('TMPDIR'),
    });
  });

  test('whose process cannot be started says so', async () => {
    const { execPath } = process;
    onTestFinished(() => void (process.execPath = execPath));
    process.execPath = join(temporary, 'no-node');
    expect(await rejection(start(startFixture('opens-routes')))).toMatchObject({
      code: 'VERIFY_FAILED',
      message: expect.stringContaining('Cannot start the process of the start check'),
    });
    expect(await readdir(temporary)).toEqual([]);
  });
});
