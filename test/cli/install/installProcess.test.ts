import { checkFiles, listFiles, packBundle, readManifest } from '@stagedoor/bundle';
import type { InstallResult } from '@stagedoor/cli/api';
import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { lockRoot } from '../../../cli/src/install/root/rootLock';
import { dropArchive } from '../../support/bundles';
import { startProcess, type ChildProcess } from '../../support/childProcess';
import { startPortal } from '../../support/portal';
import { untilGone, untilState } from '../../support/portalPlugins';
import { repository } from '../../support/repository';
import { serve } from '../../support/serve';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';
import { bin, stagedoor } from '../export/exportSupport';
import { namedBundle, storeOf, versionsIn } from './installSupport';

const IN_TURN = join(repository, 'test/fixtures/install/in-turn.cjs');
const NAMES = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6'];

/** Writes a list of the bundles `names` in one version into `<dir>/<file>`; what it lists lies beside it. */
async function writeList(dir: string, file: string, names: readonly string[], version: string): Promise<string> {
  const plugins = await Promise.all(
    names.map(async (name) => {
      const bundle = await namedBundle(name, version);
      return { package: bundle, pluginConfig: { versions: { [name]: version } } };
    }),
  );
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, file), JSON.stringify({ plugins }));
  return join(dir, file);
}

function start(config: string, root: string, ...args: string[]): ChildProcess {
  const child = startProcess(process.execPath, [bin, 'install', root, '--config', config, ...args]);
  onTestFinished(async () => void (await child.stop('SIGKILL')));
  return child;
}

/** Runs an install that is to succeed. */
async function run(config: string, root: string, ...args: string[]): Promise<InstallResult> {
  const child = start(config, root, '--json', ...args);
  const { code } = await child.exited;
  if (code !== 0) throw new Error(child.output());
  return JSON.parse(child.stdout()) as InstallResult;
}

/** Fails unless every package in a root directory is whole. */
async function expectWhole(root: string): Promise<Record<string, string>> {
  const versions = await versionsIn(root);
  for (const name of Object.keys(versions)) {
    const dir = join(root, name);
    checkFiles((await readManifest(dir))!, await listFiles(dir));
  }
  return versions;
}

/** Writes a list of bundles in one version whose folders are called by name and version, as in-turn.cjs wants them. */
async function listOfCopies(dir: string, version: string): Promise<string> {
  const plugins = await Promise.all(
    NAMES.map(async (name) => {
      const copy = join(dir, `${name}@${version}`);
      await cp(await namedBundle(name, version), copy, { recursive: true });
      return { package: copy, pluginConfig: { versions: { [name]: version } } };
    }),
  );
  await writeFile(join(dir, `${version}.yaml`), JSON.stringify({ plugins }));
  return join(dir, `${version}.yaml`);
}

describe('stagedoor install', () => {
  test('installs folders and archives, prints what it did, and does nothing the second time', async () => {
    const dir = await tempDir();
    const bundle = await namedBundle('one', '1.0.0');
    await dropArchive(await namedBundle('two', '2.0.0'), dir, 'two.tgz');
    const plugins = [{ package: bundle }, { package: './two.tgz' }];
    await writeFile(join(dir, 'dynamic-plugins.yaml'), JSON.stringify({ plugins }));
    const first = await stagedoor(dir, 'install');
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toBe('');
    expect(first.stderr).toMatch(
      /^added +one 1\.0\.0$[^]*^added +two 2\.0\.0$[^]*^2 added, 0 changed, 0 kept, 0 removed/m,
    );
    expect(await expectWhole(join(dir, 'dynamic-plugins-root'))).toEqual({ one: '1.0.0', two: '2.0.0' });
    const second = await stagedoor(dir, 'install', '--json', '--frozen');
    expect(JSON.parse(second.stdout)).toMatchObject({ changed: false, removed: [], plugins: [{ action: 'kept' }, {}] });
    const preview = await stagedoor(dir, 'install', 'elsewhere', '--dry-run');
    expect(preview.stderr).toMatch(/^would add +.*greeter-1\.0\.0 1\.0\.0$/m);
    expect(await readdir(dir)).not.toContain('elsewhere');
  });

  test('refuses the archives that nothing else takes, and leaves nothing behind', async () => {
    const dir = await tempDir();
    await writeFile(join(dir, 'bad.tgz'), 'no archive');
    await writeFile(join(dir, 'dynamic-plugins.yaml'), 'plugins: [{package: ./bad.tgz}]');
    const { code, stdout } = await stagedoor(dir, 'install', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'ARCHIVE_INVALID' } });
    expect((await storeOf(join(dir, 'dynamic-plugins-root'))).held).toEqual([]);
  });

  test('takes only signed plugins with --require-signature, which needs --key', async () => {
    const dir = await tempDir();
    await stagedoor(dir, 'keygen', '--out', 'mine', '--unencrypted');
    const bundle = await namedBundle('one', '1.0.0');
    await writeFile(join(dir, 'dynamic-plugins.yaml'), JSON.stringify({ plugins: [{ package: bundle }] }));
    const signed = ['install', '--require-signature', '--key', 'mine.pub.pem'];
    expect((await stagedoor(dir, ...signed)).stderr).toContain('error SIGNATURE_MISSING');
    await stagedoor(dir, 'sign', bundle, '--key', 'mine.pem');
    expect((await stagedoor(dir, ...signed)).stderr).toMatch(/added +one 1\.0\.0 \(signed by /);
    for (const args of [['--require-signature'], ['--key', 'mine.pub.pem']]) {
      expect((await stagedoor(dir, 'install', ...args)).stderr).toContain('error USAGE');
    }
  });
});

describe('Two installs at once that are killed', () => {
  test('never interleave, leave a set that loads, at whatever point, and the next one goes on from there', async () => {
    const dir = await tempDir();
    const root = join(dir, 'root');
    const lists = await Promise.all(['1.0.0', '2.0.0'].map((version) => listOfCopies(dir, version)));
    const seen = new Set<string>();
    // At least six times, and until a moment was met at which something is left behind.
    for (let round = 0; round < 6 || (round < 60 && !seen.has('something left behind')); round++) {
      const children = [lists, [...lists].reverse()].map((order) =>
        startProcess(process.execPath, [IN_TURN, root, ...order]),
      );
      await waitFor('both lists to be installed', () =>
        Promise.resolve(children.some((child) => child.stdout().includes('ready'))),
      );
      for (const child of children) {
        await sleep(60 * Math.random());
        expect(await child.stop('SIGKILL'), child.output()).toMatchObject({ signal: 'SIGKILL' });
      }
      const versions = await expectWhole(root);
      expect(Object.keys(versions)).toEqual(NAMES);
      expect(['1.0.0', '2.0.0']).toEqual(expect.arrayContaining(Object.values(versions)));
      expect(await readFile(join(root, 'app-config.dynamic-plugins.yaml'), 'utf8')).toMatch(/p6: [12]\.0\.0\n$/);
      const { held, used } = await storeOf(root);
      seen.add(held.length > used.length ? 'something left behind' : 'nothing left behind');
    }
    expect([...seen]).toContain('something left behind');
    const turns = (await readFile(`${root}.log`, 'utf8')).trim().split('\n');
    const runs = turns.filter((turn, index) => turn !== turns[index - 1]);
    expect(runs.length).toBeGreaterThan(15);
    expect(new Set(runs).size).toBe(runs.length);
    await run(await writeList(dir, '3.yaml', NAMES, '3.0.0'), root);
    expect(await expectWhole(root)).toEqual(Object.fromEntries(NAMES.map((name) => [name, '3.0.0'])));
    const { held, used } = await storeOf(root);
    expect(held).toEqual(used);
  });
});

test('Installs on one root directory at the same time come one after the other', async () => {
  const dir = await tempDir();
  const root = join(dir, 'root');
  const sets = [
    ['p1', 'p2', 'p3'],
    ['p4', 'p5', 'p6'],
    ['p1', 'p5'],
  ];
  const lists = await Promise.all(
    sets.map((names, index) => writeList(join(dir, String(index)), 'dynamic-plugins.yaml', names, `${index}.0.0`)),
  );
  const results = await Promise.all(lists.map((list) => run(list, root)));
  expect(results.map(({ plugins }) => plugins.length)).toEqual([3, 3, 2]);
  const versions = await expectWhole(root);
  const expected = sets.map((names, index) => Object.fromEntries(names.map((name) => [name, `${index}.0.0`])));
  expect(expected).toContainEqual(versions);
  const config = await readFile(join(root, 'app-config.dynamic-plugins.yaml'), 'utf8');
  for (const [name, version] of Object.entries(versions)) expect(config).toContain(`${name}: ${version}`);
});

describe('The lock of a root directory', () => {
  test('is waited for only so long', async () => {
    const folder = join(await tempDir(), 'lock');
    const held = await lockRoot(folder, {});
    await expect(lockRoot(folder, { patienceMs: 100 })).rejects.toMatchObject({ code: 'INSTALL_IN_PROGRESS' });
    await held.release();
    await (await lockRoot(folder, { patienceMs: 100 })).release();
  });

  test('is held by whoever lives, however long it does nothing, and taken over when that has been killed', async () => {
    const dir = await tempDir();
    const root = join(dir, 'root');
    const { file, integrity } = await packBundle(await namedBundle('p1', '1.0.0'), join(dir, 'p1.tgz'));
    const asked: ServerResponse[] = [];
    const address = await serve((_, response) => void asked.push(response));
    const config = join(dir, 'dynamic-plugins.yaml');
    await writeFile(config, JSON.stringify({ plugins: [{ package: `${address}/p1.tgz`, integrity }] }));
    const holder = start(config, root);
    // Only who holds the lock asks for anything.
    await waitFor('the holder to fetch', async () => asked.length === 1);
    const waiting = start(config, root);
    await waitFor('the other to wait', async () => waiting.stderr().includes('waiting'));
    process.kill(holder.pid, 'SIGSTOP');
    await expect(lockRoot(join(root, '.stagedoor-install/lock'), { patienceMs: 300 })).rejects.toMatchObject({
      code: 'INSTALL_IN_PROGRESS',
    });
    expect([asked.length, waiting.exit()]).toEqual([1, undefined]);
    expect(await holder.stop('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    await waitFor('the other to fetch', async () => asked.length === 2);
    asked[1]!.end(await readFile(file));
    expect(await waiting.exited, waiting.output()).toMatchObject({ code: 0 });
    expect(await versionsIn(root)).toEqual({ p1: '1.0.0' });
  });

  test('is not waited for after an interruption', async () => {
    const folder = join(await tempDir(), 'lock');
    const held = await lockRoot(folder, {});
    const controller = new AbortController();
    const onWait = (): void => controller.abort();
    await expect(lockRoot(folder, { signal: controller.signal, onWait })).rejects.toMatchObject({ name: 'AbortError' });
    await held.release();
  });
});

test('A running portal takes up what is installed, changed and removed', async () => {
  const dir = await tempDir();
  const portal = await startPortal();
  onTestFinished(async () => void (await portal.stop()));
  const version = async (): Promise<string | number> => {
    const response = await portal.fetch('/api/greeter/version');
    return response.ok ? ((await response.json()) as { version: string }).version : response.status;
  };
  await run(await writeList(dir, '1.yaml', ['greeter-dynamic'], '1.0.0'), portal.root);
  await untilState(portal, 'greeter-dynamic', 'running', '1.0.0');
  expect(await version()).toBe('1.0.0');
  await run(await writeList(dir, '2.yaml', ['greeter-dynamic'], '2.0.0'), portal.root);
  const seen = new Set<string | number>();
  await waitFor('the new version', async () => {
    seen.add(await version());
    return seen.has('2.0.0');
  });
  expect([...seen].filter((one) => one !== '1.0.0')).toEqual(['2.0.0']);
  await writeFile(join(dir, '3.yaml'), 'plugins: []');
  expect(await run(join(dir, '3.yaml'), portal.root)).toMatchObject({ removed: ['greeter-dynamic'] });
  await untilGone(portal, 'greeter-dynamic');
});
