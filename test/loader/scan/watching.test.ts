import { createHook } from 'node:async_hooks';
import { lstatSync } from 'node:fs';
import { cp, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { watchRoot } from '../../../loader/src/scan/watchRoot';
import { sweepRoot } from '../../../loader/src/scan/sweepRoot';
import { fixtureBundle } from '../../support/bundles';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';

test('Whatever comes, is replaced and goes in a root directory is noticed after it happened', async () => {
  const root = await tempDir();
  const bundle = await fixtureBundle(await tempDir(), 'greeter');
  // What was there when something was noticed last.
  const noticed = new Map<string, string>();
  const close = watchRoot(root, [], {
    changed: (entry) => void noticed.set(entry, stateOf(join(root, entry))),
  });
  onTestFinished(close);
  const entries = Array.from({ length: 40 }, (_, index) => `drop-${index}`);
  await Promise.all(
    entries.map(async (entry, index) => {
      const path = join(root, entry);
      // One after another, from 0 to 60 ms apart, so that some fall together and some between two looks.
      for (let step = 0; step < 5; step++) {
        await sleep((index * 7 + step * 13) % 60);
        await rm(path, { recursive: true, force: true });
        if (step === 4 && index % 2 === 0) break;
        await cp(bundle, join(root, `.${entry}`), { recursive: true });
        await rename(join(root, `.${entry}`), path);
      }
      const last = stateOf(path);
      await waitFor(`${entry} to be noticed`, async () => noticed.get(entry) === last);
    }),
  );
});

test('The first look of the sweep tells of all that is there, and of what was taken and is not', async () => {
  const root = await tempDir();
  await mkdir(join(root, 'there'));
  expect((await sweeping(root, ['there', 'gone'])).noticed.sort()).toEqual(['gone', 'there']);
});

test('What came and went between two looks of the sweep is looked at once more', async () => {
  const { noticed, sweep } = await sweeping(await tempDir(), ['taken']);
  sweep.recheck('gone-again');
  await waitFor('the next look', async () => noticed.length > 1);
  sweep.recheck('later');
  await waitFor('the look after it', async () => noticed.includes('later'));
  expect(noticed).toEqual(['taken', 'gone-again', 'later']);
});

test('Looks after the first at unchanged drops on a volume of this machine need no other thread', async () => {
  const root = await tempDir();
  const bundle = await fixtureBundle(await tempDir(), 'greeter');
  await cp(bundle, join(root, 'folder'), { recursive: true });
  await symlink(bundle, join(root, 'link'));
  const { noticed, sweep } = await sweeping(root, []);
  const calls: string[] = [];
  const hook = createHook({ init: (_id, type) => void (type.startsWith('FSREQ') && calls.push(type)) }).enable();
  onTestFinished(() => void hook.disable());
  sweep.recheck('next-look');
  await waitFor('the next look', async () => noticed.includes('next-look'));
  expect(calls).toEqual([]);
  await rm(join(root, 'link'));
  await waitFor('the removed link', async () => noticed.filter((entry) => entry === 'link').length > 1);
});

/** Which folder is there, if any. */
function stateOf(path: string): string {
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return found ? `${found.ino} of ${found.ctimeNs}` : 'nothing';
}

/** A sweep that has had its first look. */
async function sweeping(root: string, taken: string[]) {
  const noticed: string[] = [];
  const sweep = sweepRoot(root, taken, { changed: (entry) => void noticed.push(entry) });
  onTestFinished(() => sweep.close());
  await waitFor('the first look', async () => noticed.length > 0);
  return { noticed, sweep };
}
