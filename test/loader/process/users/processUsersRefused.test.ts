import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { UserAssignments } from '../../../../loader/src/process/users/assignments';
import { databaseFile } from '../../../../loader/src/process/databaseFile';
import { closeToWriters, unreadableFault } from '../../../../loader/src/process/users/folders';
import { ownRights, switchingFault, type Rights } from '../../../../loader/src/process/users/switching';
import { ConfigReader } from '@backstage/config';
import { startIsolating } from '../../../support/faulty';
import { GREETER, drop, greeterVersion } from '../../../support/greeter';
import { tempDir } from '../../../support/tempDir';

const RANGE = { from: 43_000, count: 20 };
const ALL = '0 0 4294967295\n';
/** Root in a container as Docker makes it. */
const ROOT: Rights = {
  platform: 'linux',
  uid: 0,
  status: 'Name:\tnode\nCapEff:\t00000000a80425fb\n',
  maps: [ALL, ALL],
  setgroups: 'allow\n',
};

describe('a portal that may not switch users', () => {
  test('says so once, and starts no plugin in a process as the user of the portal', async () => {
    if (process.geteuid!() === 0) vi.spyOn(process, 'geteuid').mockReturnValue(1000);
    onTestFinished(() => void vi.restoreAllMocks());
    const backend = await startIsolating({ dynamicPlugins: { process: { users: RANGE } } });
    await drop(backend, 'greeter');
    const status = await backend.until(GREETER, 'rejected');
    expect(status).toMatchObject({ code: 'PROCESS_USER_UNAVAILABLE', hint: expect.stringContaining('as root') });
    expect(status!.message).toMatch(/runs as user \d+, not as root/);
    expect(await greeterVersion(backend)).toBe(404);
    expect(backend.logs.filter((line) => line.startsWith('error PROCESS_USER_UNAVAILABLE'))).toHaveLength(1);
  });

  test.each<[what: string, rights: Partial<Rights>, said: string]>([
    ['is not root, whatever capabilities it has', { uid: 1000 }, 'runs as user 1000'],
    [
      'lacks capabilities',
      { status: 'CapEff:\t0000000000000000\n' },
      'CHOWN, DAC_OVERRIDE, FOWNER, KILL, SETGID, SETUID',
    ],
    ['cannot end the processes', { status: 'CapEff:\t00000000a80425db\n' }, 'lacks the capabilities KILL'],
    ['is in a user namespace without those users', { maps: ['0 1000 1\n', '0 1000 1\n'] }, 'do not all exist'],
    ['has no such groups', { maps: [ALL, '0 0 43010\n'] }, 'do not all exist'],
    ['keeps its groups', { setgroups: 'deny\n' }, 'cannot drop their groups'],
    ['is on another system', { platform: 'darwin' }, 'require Linux'],
  ])('because it %s is told why', (_what, rights, said) => {
    expect(switchingFault(RANGE, { ...ROOT, ...rights })!.message).toContain(said);
  });

  test('is not one with the default capabilities of a container', () => {
    expect(switchingFault(RANGE, ROOT)).toBeUndefined();
    const { platform, uid } = ownRights();
    expect({ platform, uid }).toEqual({ platform: process.platform, uid: process.geteuid!() });
  });
});

describe('users of plugins', () => {
  test('are remembered, differ for each package and plugin, and are nobody who has a name', async () => {
    const state = await tempDir();
    const range = { from: 65_530, count: 7 };
    const users = new UserAssignments(state, range);
    const given = [
      users.userOf('one-dynamic', 'one'),
      users.userOf('one-dynamic', undefined),
      users.userOf('thief-dynamic', 'one'),
    ];
    expect(new Set(given).size).toBe(3);
    expect(given).not.toContain(65_534);
    expect(new UserAssignments(state, range).userOf('thief-dynamic', 'one')).toBe(given[2]);
    expect(new UserAssignments(state, range).all()).toEqual(given);
  });

  test('run out with an error', async () => {
    const users = new UserAssignments(await tempDir(), { from: 43_000, count: 1 });
    expect(users.userOf('one-dynamic', 'one')).toBe(43_000);
    expect(() => users.userOf('two-dynamic', 'two')).toThrow(
      expect.objectContaining({ code: 'PROCESS_USER_UNAVAILABLE', hint: expect.stringContaining('users.count') }),
    );
  });

  test.each(['', '{"format":1}', '{"format":2,"users":{}}', '{"format":1,"users":{"a":"b"}}'])(
    'are not guessed where %j is what is remembered',
    async (text) => {
      const state = await tempDir();
      await writeFile(join(state, 'users.json'), text);
      expect(() => new UserAssignments(state, RANGE)).toThrow(
        expect.objectContaining({ code: 'PROCESS_USER_UNAVAILABLE' }),
      );
    },
  );

  test('need what others may read', async () => {
    const home = await tempDir();
    const shop = join(home, 'shop');
    await mkdir(shop);
    await chmod(home, 0o711);
    expect(unreadableFault([process.execPath, shop])).toBeUndefined();
    await chmod(home, 0o700);
    expect(unreadableFault([shop])!.message).toContain(`${home} (mode 0700), which contains ${shop}`);
    await chmod(home, 0o711);
    await chmod(shop, 0o711);
    expect(unreadableFault([shop])!.message).toContain(`${shop} (mode 0711).`);
  });
});

describe('what lets other users change what the portal goes by', () => {
  test('is taken away: writing into some folders, and replacing files in the one for temporary files', async () => {
    const home = await tempDir();
    const modes = { root: 0o2777, data: 0o755, tmp: 0o777 };
    for (const [name, mode] of Object.entries(modes)) {
      await mkdir(join(home, name));
      await chmod(join(home, name), mode);
    }
    const absent = join(home, 'absent');
    await closeToWriters([join(home, 'root'), join(home, 'data'), absent], join(home, 'tmp'));
    const left = await Promise.all(
      Object.keys(modes).map(async (name) => (await stat(join(home, name))).mode & 0o7777),
    );
    expect(left).toEqual([0o2775, 0o755, 0o1777]);
  });
});

describe('the SQLite file of a plugin', () => {
  test.each<[database: object, file: string | undefined]>([
    [{ client: 'better-sqlite3', connection: ':memory:' }, undefined],
    [{ client: 'better-sqlite3', connection: { directory: 'data' } }, '/portal/data/one.sqlite'],
    [{ client: 'better-sqlite3', connection: { directory: '/data' } }, '/data/one.sqlite'],
    [{ client: 'better-sqlite3', connection: {} }, '/portal/one.sqlite'],
    [{ client: 'pg', connection: { host: 'db' } }, undefined],
    [
      { client: 'pg', connection: {}, plugin: { one: { client: 'better-sqlite3', connection: { directory: 'own' } } } },
      '/portal/own/one.sqlite',
    ],
    [
      { client: 'better-sqlite3', connection: { directory: 'data' }, plugin: { one: { connection: 'rows.db' } } },
      '/portal/data/rows.db',
    ],
    [{ client: 'better-sqlite3', connection: { directory: 'data' }, plugin: { one: { client: 'pg' } } }, undefined],
  ])('is found as Backstage finds it: %j', (database, file) => {
    expect(databaseFile(new ConfigReader({ backend: { database } }), '/portal', 'one')).toBe(file);
  });
});
