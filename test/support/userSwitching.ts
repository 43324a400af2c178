import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startProcess } from './childProcess';
import { GREETER, drop } from './greeter';
import { runWithMounts, startWithMounts } from './mountNamespace';
import { startPortal, type Portal, type PortalOptions } from './portal';
import { untilState } from './portalPlugins';
import { pluginProcesses } from './processes';
import { repository } from './repository';
import { makeTempDir, removeTempDir } from './tempDir';

/** Any user but those of this machine. */
const ANYBODY = ['--reuid=54321', '--regid=54321', '--clear-groups', '--'];
/** Where the checkout is shown: others cannot enter the folders above some checkouts. */
const CHECKOUT = 'checkout';

/**
 * Tests of plugins with users of their own; where processes cannot be started as users of any number that read this checkout and
 * run this Node.js, one that a portal then says so.
 */
export async function describeSwitching(name: string, tests: () => void): Promise<void> {
  if (await maySwitchUsers()) describe(name, tests);
  else test(`${name}: not where users cannot be switched`, () => expectRefused());
}

/** A portal that may not switch users runs, and starts no plugin in a process. */
export async function expectRefused(before: readonly string[] = []): Promise<void> {
  const portal = await startPortal({
    config: { dynamicPlugins: { isolation: 'process', process: { users: { from: 44_000 } } } },
    start: (program, args, options) => {
      const [first, ...rest] = [...before, program, ...args];
      return startProcess(first!, rest, options);
    },
  });
  onTestFinished(async () => void (await portal.stop()));
  await drop(portal, 'greeter');
  expect(await untilState(portal, GREETER, 'rejected')).toMatchObject({ code: 'PROCESS_USER_UNAVAILABLE' });
  expect(await pluginProcesses(portal.pid)).toEqual([]);
}

async function maySwitchUsers(): Promise<boolean> {
  if (process.geteuid?.() !== 0) return false;
  const dir = await makeTempDir();
  try {
    await chmod(dir, 0o755);
    await mkdir(join(dir, CHECKOUT));
    const tried = 'test -r "$1/package.json" && exec "$2" --version';
    const script = `mount --bind "$1" "$2"; exec setpriv ${ANYBODY.join(' ')} sh -c '${tried}' sh "$2" "$3"`;
    const { code } = await runWithMounts(script, [repository, join(dir, CHECKOUT), process.execPath]);
    return code === 0;
  } finally {
    await removeTempDir(dir);
  }
}

/** A folder for a portal that others pass through, as one below /var/lib is. The caller removes it. */
export async function makeOpenHome(): Promise<string> {
  const dir = await makeTempDir();
  await chmod(dir, 0o755);
  await mkdir(join(dir, CHECKOUT));
  return dir;
}

/** As {@link makeOpenHome}, removed when the running test ends. */
export async function openHome(): Promise<string> {
  const dir = await makeOpenHome();
  onTestFinished(() => removeTempDir(dir));
  return dir;
}

/**
 * Starts a portal in a folder of {@link makeOpenHome}, from a checkout that other users see, by a command that `before` is put before.
 * The caller stops it.
 */
export async function startSwitching(
  dir: string,
  options: PortalOptions,
  before: readonly string[] = [],
): Promise<Portal> {
  const seen = join(dir, CHECKOUT);
  return await startPortal({
    ...options,
    dir,
    start: (program, args, { cwd = '', ...rest } = {}) => {
      const shown = [...before, program, ...args].map((text) => text.replace(repository, seen));
      const script = 'mount --bind "$1" "$2"; cd "$3"; shift 3; exec "$@"';
      return startWithMounts(script, [repository, seen, cwd.replace(repository, seen), ...shown], rest);
    },
  });
}
