import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dropFolder } from '../../support/bundles';
import { APP_CONFIG, INTEGRITY, namedBundle, storeOf, withTwo, workplace, type Workplace } from './installSupport';

describe('An install that fails changes nothing', () => {
  /** Runs an install that is to fail with a code; the two plugins stay and nothing else is left. */
  async function fails(place: Workplace, code: string, options = {}): Promise<Error> {
    const before = await storeOf(place.root);
    const config = await readFile(join(place.root, APP_CONFIG), 'utf8');
    const lock = await readFile(join(place.dir, 'dynamic-plugins.lock'), 'utf8').catch(() => '');
    const error = await place.install(options).then(
      () => new Error('It did not fail'),
      (thrown: Error) => thrown,
    );
    expect(error).toMatchObject({ code });
    expect(await place.installed()).toMatchObject({ 'a-dynamic': '1.0.0', 'b-dynamic': '1.0.0' });
    expect(await storeOf(place.root)).toEqual(before);
    expect(await readFile(join(place.root, APP_CONFIG), 'utf8')).toBe(config);
    expect(await readFile(join(place.dir, 'dynamic-plugins.lock'), 'utf8').catch(() => '')).toBe(lock);
    return error;
  }

  /** Lists a new version of `a` made with `options`, and a new plugin `c`, which would install. */
  async function offer(
    place: Workplace,
    options: Parameters<typeof namedBundle>[2],
    after?: (dir: string) => Promise<void>,
  ) {
    const dir = await namedBundle('a-dynamic', '2.0.0', options);
    await after?.(dir);
    place.network.publish('oci://h/a:2', dir, 'a2', 'oci://h/a!');
    place.network.publish('oci://h/c:1', await namedBundle('c', '1.0.0'), 'c1', 'oci://h/c!');
    await place.list([{ package: 'oci://h/c:1' }, { package: 'oci://h/a:2' }]);
  }

  test('where a package is not what its manifest says', async () => {
    const place = await withTwo();
    await offer(place, {}, (dir) => writeFile(join(dir, 'index.cjs'), 'changed'));
    const { message } = await fails(place, 'DIGEST_MISMATCH');
    expect(message).toMatch(/^dynamic-plugins\.yaml:1: oci:\/\/h\/a:2: .*index\.cjs differs/);
  });

  test('where what was fetched is no package', async () => {
    const place = await withTwo();
    await offer(place, { sealed: false }, (dir) => rm(join(dir, 'package.json')));
    await fails(place, 'PACKAGE_JSON_MISSING');
  });

  test('where several plugins fail, and tells all of them', async () => {
    const place = await withTwo();
    const broken = await namedBundle('x', '1.0.0');
    await writeFile(join(broken, 'more'), '');
    for (const name of ['x', 'y']) place.network.publish(`oci://h/${name}:1`, broken, name);
    await place.list([{ package: 'oci://h/x:1' }, { package: 'oci://h/y:1' }]);
    const { message } = await fails(place, 'DIGEST_MISMATCH');
    expect(message).toMatch(/oci:\/\/h\/x:1: .*\n.*oci:\/\/h\/y:1: /);
  });

  test('where two entries turn out to be one package', async () => {
    const place = await withTwo();
    place.network.publish('oci://h/z:1', await namedBundle('a-dynamic', '9.0.0'), 'z1');
    await place.list([{ package: 'oci://h/a:1' }, { package: 'oci://h/z:1' }]);
    await fails(place, 'PLUGIN_LISTED_TWICE');
    place.network.publish('oci://h/z:1', await namedBundle('a-dynamic', '9.0.0'), 'z1', 'oci://h/a!');
    await fails(place, 'PLUGIN_LISTED_TWICE');
  });

  test('where a drop of somebody else has the place', async () => {
    const place = await withTwo();
    await dropFolder(await namedBundle('c', '7.0.0'), place.root, 'c');
    await offer(place, {});
    const { message } = await fails(place, 'ROOT_ENTRY_TAKEN');
    expect(message).toContain(join(place.root, 'c'));
    expect(await place.installed()).toMatchObject({ c: '7.0.0' });
  });

  test('where two plugins set a key differently', async () => {
    const place = await withTwo();
    await place.list([
      { package: 'oci://h/a:1', pluginConfig: { x: 1 } },
      { package: 'oci://h/b:1', pluginConfig: { x: 2 } },
    ]);
    await fails(place, 'PLUGIN_CONFIG_CONFLICT');
  });

  test('where no source knows what a text means', async () => {
    const place = await withTwo();
    await place.list([{ package: './folder' }]);
    await fails(place, 'PLUGIN_LIST_INVALID');
  });

  test('where it is interrupted', async () => {
    const place = await withTwo();
    await offer(place, {});
    const controller = new AbortController();
    place.network.onFetch = () => Promise.resolve(controller.abort());
    const before = await storeOf(place.root);
    await expect(place.install({ signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect(await storeOf(place.root)).toEqual(before);
  });

  test('where the root directory cannot be one', async () => {
    const place = await withTwo();
    await writeFile(join(place.dir, 'file'), '');
    await expect(place.install({ root: 'file/root' })).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  });
});

test('wants integrity before it asks any source', async () => {
  const place = await workplace();
  await place.list([{ package: '@acme/a@1' }]);
  await expect(place.install()).rejects.toMatchObject({ code: 'INTEGRITY_MISSING' });
  await place.list([{ package: '@acme/a@1', integrity: INTEGRITY, disabled: true }]);
  await place.install();
  expect(place.network.since()).toEqual([]);
});
