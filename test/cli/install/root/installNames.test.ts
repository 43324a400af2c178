import { readFile, readlink, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildReportFile } from '@stagedoor/bundle';
import { dropEntry } from '../../../../cli/src/dev/dropEntry';
import { withBundles } from '../../../../cli/src/oci/withBundles';
import { dropFolder } from '../../../support/bundles';
import { tempDir } from '../../../support/tempDir';
import { namedBundle, storeOf, workplace, type Workplace } from '../installSupport';

/** Packages that earlier versions gave one file name. */
const ALIKE = ['@a/b-c', '@a-b/c', 'a-b-c'];

async function publish({ network }: Workplace, name: string): Promise<{ package: string }> {
  const image = name.replace('@', 'at/');
  const text = `oci://h/${image}:1`;
  network.publish(text, await namedBundle(name, '1.0.0'), name, `oci://h/${image}!`);
  return { package: text };
}

/** The package that each entry of the root directory holds. */
async function held(place: Workplace): Promise<Record<string, string>> {
  const entries = Object.keys(await place.installed());
  const names = entries.map(async (entry): Promise<[string, string]> => {
    const text = await readFile(join(place.root, entry, 'package.json'), 'utf8');
    return [entry, (JSON.parse(text) as { name: string }).name];
  });
  return Object.fromEntries(await Promise.all(names));
}

test('An install gives packages whose names differ in punctuation only a link each.', async () => {
  const place = await workplace();
  await place.list(await Promise.all(ALIKE.map((name) => publish(place, name))));
  await place.install();
  expect(await held(place)).toEqual({ '@a+b-c': '@a/b-c', '@a-b+c': '@a-b/c', 'a-b-c': 'a-b-c' });
});

test('A link that an earlier version named is the link of the package that it leads to.', async () => {
  const place = await workplace();
  const [first, , third] = await Promise.all(ALIKE.map((name) => publish(place, name)));
  await place.list([first]);
  await place.install();
  await rename(join(place.root, '@a+b-c'), join(place.root, 'a-b-c'));
  const target = await readlink(join(place.root, 'a-b-c'));
  place.network.since();
  await place.list([first, third]);
  const { plugins, removed } = await place.install();
  expect(plugins.map(({ action, entry }) => [action, entry])).toEqual([
    ['kept', '@a+b-c'],
    ['added', 'a-b-c'],
  ]);
  expect(removed).toEqual([]);
  expect(await held(place)).toEqual({ '@a+b-c': '@a/b-c', 'a-b-c': 'a-b-c' });
  expect(await readlink(join(place.root, '@a+b-c'))).toBe(target);
  const { held: folders, used } = await storeOf(place.root);
  expect(folders).toEqual(used);
});

test('A link that an earlier version named goes without a trace when nothing else has changed.', async () => {
  const place = await workplace();
  await place.list([await publish(place, '@a/b-c')]);
  await place.install();
  await rename(join(place.root, '@a+b-c'), join(place.root, 'a-b-c'));
  expect(await place.install()).toMatchObject({ changed: true, removed: [], plugins: [{ action: 'kept' }] });
  expect(await held(place)).toEqual({ '@a+b-c': '@a/b-c' });
  expect(await place.install()).toMatchObject({ changed: false, removed: [] });
});

test('Development writes to the drop of its own package, and reports in a file of its own.', async () => {
  const root = await tempDir();
  const entries = await Promise.all(ALIKE.map((name) => dropEntry(root, name)));
  expect(new Set(entries).size).toBe(ALIKE.length);
  expect(new Set(ALIKE.map((name) => buildReportFile(root, name))).size).toBe(ALIKE.length);
  await dropFolder(await namedBundle('@a/b-c-dynamic', '1.0.0'), root, 'a-b-c-dynamic');
  expect(await dropEntry(root, '@a/b-c')).toBe('a-b-c-dynamic');
  expect(await dropEntry(root, 'A-b-c')).not.toBe('a-b-c-dynamic');
});

test('An image has a folder for each package, whatever order they are given in.', async () => {
  const cwd = await tempDir();
  const dirs = await Promise.all([...ALIKE, 'other'].map((name) => namedBundle(`${name}-dynamic`, '1.0.0')));
  const folders = (targets: string[]) =>
    withBundles(targets, { cwd }, async (parts) => parts.map(({ folder }) => folder));
  const expected = ['@a+b-c', '@a-b+c', 'a-b-c', 'other'];
  expect(await folders(dirs)).toEqual(expected);
  expect(await folders([...dirs].reverse())).toEqual(expected);
});
