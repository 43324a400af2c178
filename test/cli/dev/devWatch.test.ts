import { readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { watchSources } from '../../../cli/src/dev/watchSources';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';

// Milliseconds between two saves; the lower ones are where a watcher that looks again too seldom loses the second.
const PAUSES_MS = [0, 1, 2, 3, 4, 6, 8, 10, 12, 15, 20];

/** A file that is watched, and what a build that each change begins would have read of it last. */
async function watched(): Promise<{ file: string; read(): string | undefined }> {
  const dir = await tempDir();
  const file = join(dir, 'src/plugin.ts');
  await mkdir(join(dir, 'src'));
  await writeFile(file, '');
  let last: string | undefined;
  const watcher = await watchSources(dir, () => (last = readFileSync(file, 'utf8')));
  onTestFinished(() => watcher.close());
  return { file, read: () => last };
}

async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

test.each([
  ['in its place', writeFile],
  ['as a new file', replace],
])('A save %s is noticed however soon it follows the one before', async (_how, save) => {
  const { file, read } = await watched();
  for (const pause of PAUSES_MS) {
    await save(file, `first, ${pause}`);
    await sleep(pause);
    await save(file, `second, ${pause}`);
    await waitFor(`the save after ${pause} ms to be noticed`, async () => read() === `second, ${pause}`, 5000);
  }
});

test('What a build writes beside the source is no change', async () => {
  const { file, read } = await watched();
  const dir = join(file, '../..');
  for (const name of ['dist', 'dist-dynamic', '.stage', 'node_modules']) {
    await mkdir(join(dir, name));
    await writeFile(join(dir, name, 'index.js'), '');
  }
  await writeFile(join(dir, 'package.tgz'), '');
  await sleep(200);
  expect(read()).toBeUndefined();
});
