import { existsSync } from 'node:fs';
import { readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findDrop } from '../../../loader/src/scan/drop';
import { startBackend } from '../../support/backend';
import { runProcess } from '../../support/childProcess';
import { GREETER, drop } from '../../support/greeter';
import { startWithMounts } from '../../support/mountNamespace';
import { startPortal, type Portal } from '../../support/portal';
import { pluginsOf, untilGone, untilState } from '../../support/portalPlugins';
import { repository } from '../../support/repository';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';

const ROWS = 'backstage-plugin-stores-rows-backend-dynamic';

/** Mounts the memory of the portal over the file that `$1/break` names, until that is removed: to read its first byte is EIO. */
const BREAKING = `portal=$$
  (for at in $(seq 1200); do
    if [ -e "$1/break" ] && [ ! -e "$1/broken" ]; then
      over=$(cat "$1/break"); mount --bind "/proc/$portal/mem" "$over"; touch "$1/broken"
    elif [ ! -e "$1/break" ] && [ -e "$1/broken" ]; then
      umount "$over"; rm "$1/broken"
    fi
    sleep 0.05
  done) > "$1/breaking" 2>&1 &
  shift; exec "$@"`;

interface BreakingPortal extends Portal {
  /** From now on, reading a file is EIO. */
  break(file: string): Promise<void>;
  /** No longer. */
  mend(): Promise<void>;
}

async function startBreaking(): Promise<BreakingPortal> {
  const dir = await tempDir();
  const portal = await startPortal({
    dir,
    start: (command, args, options) => startWithMounts(BREAKING, [dir, command, ...args], options),
  });
  onTestFinished(async () => void (await portal.stop()));
  const [asked, broken] = [join(dir, 'break'), join(dir, 'broken')];
  return {
    ...portal,
    break: async (file) => {
      await writeFile(asked, file);
      await waitFor('the fault', () => Promise.resolve(existsSync(broken)));
    },
    mend: async () => {
      await rm(asked);
      await waitFor('the end of the fault', () => Promise.resolve(!existsSync(broken)));
    },
  };
}

/** What of a portal's plugins must not change. */
async function serving(portal: Portal): Promise<unknown> {
  return (await pluginsOf(portal)).map(({ name, loaded }) => [name, loaded]);
}

test('A drop that the portal had no file descriptor left for runs when it has, and nothing that runs is taken away.', async () => {
  const portal = await startPortal({ dir: await tempDir() });
  onTestFinished(async () => void (await portal.stop()));
  await drop(portal, 'stores-rows');
  await untilState(portal, ROWS, 'running');
  const before = await serving(portal);
  const limit = async (files: number) =>
    await runProcess('prlimit', ['--pid', String(portal.pid), `--nofile=${files}:`]);
  const open = (await readdir(`/proc/${portal.pid}/fd`)).length;
  await limit(open);
  await drop(portal, 'greeter');
  await waitFor('the fault', () => Promise.resolve(/EMFILE/.test(portal.logs())));
  expect(portal.logs()).not.toMatch(/stores-rows.*(draining|removed)/);
  await limit(4096);
  await untilState(portal, GREETER, 'running');
  expect(await serving(portal)).toEqual(expect.arrayContaining(before as unknown[]));
});

test('A running drop whose files give EIO stays; it is read again when they can be.', async () => {
  const portal = await startBreaking();
  await drop(portal, 'greeter');
  await untilState(portal, GREETER, 'running', '1.0.0');
  await portal.break(join(portal.root, 'greeter/package.json'));
  const status = await untilState(portal, GREETER, 'rejected');
  expect(status).toMatchObject({ code: 'DROP_UNREADABLE', message: expect.stringContaining('EIO') as string });
  expect(status.loaded).toMatchObject({ version: '1.0.0' });
  expect((await portal.fetch('/api/greeter/version')).status).toBe(200);
  await portal.mend();
  await untilState(portal, GREETER, 'running', '1.0.0');
  await rm(join(portal.root, 'greeter'), { recursive: true });
  await untilGone(portal, GREETER);
});

test('A rollback outlives a time in which its staged copy gives EIO.', async () => {
  const portal = await startBreaking();
  for (const version of ['1.0.0', '2.0.0']) {
    await drop(portal, 'greeter', { version });
    await untilState(portal, GREETER, 'running', version);
  }
  const operate = async (what: string) => {
    const method = 'POST';
    const url = `/api/dynamic-plugins/v1/plugins/${GREETER}/${what}`;
    return (await (await portal.fetch(url, { method, token: true })).json()) as { error?: { code: string } };
  };
  await operate('rollback');
  await untilState(portal, GREETER, 'running', '1.0.0');
  const staged = join(portal.stateDir, 'staged', GREETER);
  const copies = await readdir(staged);
  const versions = await Promise.all(copies.map((copy) => readFile(join(staged, copy, 'package.json'), 'utf8')));
  const chosen = copies[versions.findIndex((text) => text.includes('1.0.0'))]!;
  await portal.break(join(staged, chosen, 'package.json'));
  await operate('reload');
  // The collector looks every five seconds.
  await waitFor('a retry', () => Promise.resolve(/cannot be read: EIO/.test(portal.logs())));
  expect((await portal.fetch('/api/greeter/version')).status).toBe(200);
  await portal.mend();
  await operate('reload');
  expect((await untilState(portal, GREETER, 'running', '1.0.0')).onDisk).toMatchObject({ version: '2.0.0' });
});

test('A plugin that finds its disk full while it loads is started again when there is room.', async () => {
  const dir = await tempDir();
  const log = join(dir, 'log');
  await symlink('/dev/full', log);
  const backend = await startBackend();
  const greeter = await readFile(join(repository, 'test/fixtures/bundles/greeter/index.cjs'), 'utf8');
  await drop(backend, 'greeter', {
    files: { 'index.cjs': `require('node:fs').appendFileSync(${JSON.stringify(log)}, 'loaded');\n${greeter}` },
  });
  expect(await backend.until(GREETER, 'failed')).toMatchObject({ code: 'LOAD_FAILED' });
  await rm(log);
  await backend.until(GREETER, 'running');
});

test('A root directory in whose place there is a file, even one that can be run, is not one whose drops are gone.', async () => {
  const root = join(await tempDir(), 'root');
  await writeFile(root, '#!/bin/sh\n', { mode: 0o755 });
  await expect(findDrop(root, 'greeter')).rejects.toMatchObject({ code: 'ROOT_UNREADABLE' });
});
