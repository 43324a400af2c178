import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerOf } from '../../../bench/libraries/lib/answerOf.mjs';
import { readExercises, type Exercise } from '../../../bench/libraries/lib/exercises.mjs';
import { pluginIdOf, writePlugin } from '../../../bench/libraries/lib/writePlugin.mjs';
import { startPortal, type Portal } from '../../support/portal';
import { repository } from '../../support/repository';
import { makeTempDir, removeTempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';
import { exported } from './exportSupport';

/** One of each kind, of the libraries that this repository has installed; `bench/libraries` has all of them. */
const SAMPLE = {
  bufferutil: 'a prebuilt addon',
  dayjs: "modules by name in the plugin's own code",
  dockerode: 'protos, an optional addon',
  'grpc-proto-loader': 'protos that protos import',
  knex: 'drivers by name',
  lightningcss: 'a binary package per platform',
  log4js: 'appenders by name',
  prettier: 'plugins by dynamic import',
  prismjs: 'languages by name',
  'thread-stream': 'its own worker script',
  'uglify-js': 'its own source, read and evaluated',
  yargs: 'locales in JSON files',
};
const AT_A_TIME = 2;

let dir: string;
let portal: Portal;
const plain = new Map<string, unknown>();

beforeAll(async () => {
  dir = await makeTempDir();
  await symlink(join(repository, 'node_modules'), join(dir, 'node_modules'), 'dir');
  const root = join(dir, 'bundles');
  // What exercises write is removed with the rest.
  const home = join(dir, 'home');
  await Promise.all([mkdir(root), mkdir(home)]);
  const todo = readExercises().filter(({ name }) => name in SAMPLE);
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      for (let next = todo.shift(); next; next = todo.shift()) await prepare(next, root);
    }),
  );
  portal = await startPortal({ dir: home, root, env: { TMPDIR: home } });
});

afterAll(async () => {
  await portal?.stop();
  await removeTempDir(dir);
});

/** Has plain Node.js answer an exercise, and exports its plugin with no flag. */
async function prepare(exercise: Exercise, root: string): Promise<void> {
  const source = join(dir, 'plugins', exercise.name);
  const entry = await writePlugin(exercise, source, join(repository, 'node_modules'));
  plain.set(exercise.name, JSON.parse(await answerOf(entry)));
  await exported(source, '--out', join(root, exercise.name));
}

test.each(Object.entries(SAMPLE))('%s answers in a portal as in plain Node.js: %s', async (name) => {
  const answer = await waitFor(`the plugin of ${name}`, async () => {
    const response = await portal.fetch(`/api/${pluginIdOf(name)}/`);
    return response.ok && ((await response.json()) as unknown);
  });
  expect(plain.get(name)).toHaveProperty('value');
  expect(answer).toEqual(plain.get(name));
});
