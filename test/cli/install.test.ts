import { generateKeys, readPrivateKey, readPublicKey, signBundle, type PublicKey } from '@stagedoor/bundle';
import { mkdir, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dropFolder } from '../support/bundles';
import { INTEGRITY, namedBundle, storeOf, workplace, type Workplace } from './installSupport';

const APP_CONFIG = 'app-config.dynamic-plugins.yaml';

/** A workplace where the plugins `a` and `b` of version 1.0.0 are installed from images. */
async function withTwo(): Promise<Workplace> {
  const place = await workplace();
  for (const name of ['a', 'b']) {
    place.network.publish(
      `oci://h/${name}:1`,
      await namedBundle(`${name}-dynamic`, '1.0.0'),
      `${name}1`,
      `oci://h/${name}!`,
    );
  }
  await place.list([{ package: 'oci://h/a:1', pluginConfig: { a: { word: 'one' } } }, { package: 'oci://h/b:1' }]);
  await place.install();
  place.network.since();
  return place;
}

/** Publishes another version of the plugin `a`. */
async function publishA(place: Workplace, text: string, version: string, digest: string): Promise<void> {
  place.network.publish(text, await namedBundle('a-dynamic', version), digest, 'oci://h/a!');
}

const actions = ({ plugins }: { plugins: Array<{ action: string; key: string }> }): string[] =>
  plugins.map(({ action, key }) => `${action} ${key}`);

describe('An install', () => {
  it('makes the root directory hold what is listed, and app-config its config', async () => {
    const place = await withTwo();
    expect(await place.installed()).toEqual({ 'a-dynamic': '1.0.0', 'b-dynamic': '1.0.0' });
    expect(await readFile(join(place.root, APP_CONFIG), 'utf8')).toMatch(/^# Written by[^]*\na:\n {2}word: one\n$/);
    const { held, used } = await storeOf(place.root);
    expect(held).toEqual(used);
  });

  it('asks and fetches nothing when nothing has changed', async () => {
    const place = await withTwo();
    const result = await place.install();
    expect(place.network.since()).toEqual([]);
    expect(actions(result)).toEqual(['kept oci://h/a!', 'kept oci://h/b!']);
    expect(result).toMatchObject({ changed: false, appConfig: { changed: false }, removed: [] });
  });

  it('replaces one plugin and leaves the others as they are', async () => {
    const place = await withTwo();
    const before = await readlink(join(place.root, 'b-dynamic'));
    await publishA(place, 'oci://h/a:2', '2.0.0', 'a2');
    await place.list([{ package: 'oci://h/a:2' }, { package: 'oci://h/b:1' }]);
    const result = await place.install();
    expect(place.network.since()).toEqual(['resolve oci://h/a:2', 'fetch oci://h/a! at a2']);
    expect(result.plugins[0]).toMatchObject({ action: 'changed', previous: '1.0.0', version: '2.0.0' });
    expect(await place.installed()).toEqual({ 'a-dynamic': '2.0.0', 'b-dynamic': '1.0.0' });
    expect(await readlink(join(place.root, 'b-dynamic'))).toBe(before);
    const { held, used } = await storeOf(place.root);
    expect(held).toEqual(used);
  });

  it('removes what is no longer listed or is disabled, and only what it put there', async () => {
    const place = await withTwo();
    await dropFolder(await namedBundle('dropped', '3.0.0'), place.root, 'dropped');
    await writeFile(join(place.root, 'notes.txt'), 'mine');
    await place.list([{ package: 'oci://h/b:1', disabled: true }]);
    const result = await place.install();
    expect(result).toMatchObject({ removed: ['a-dynamic', 'b-dynamic'], disabled: ['oci://h/b:1'] });
    await rm(join(place.root, 'notes.txt'));
    expect(await place.installed()).toEqual({ dropped: '3.0.0' });
    expect((await storeOf(place.root)).held).toEqual([]);
  });

  it('changes app-config alone when only the config of a plugin has changed', async () => {
    const place = await withTwo();
    await place.list([{ package: 'oci://h/a:1', pluginConfig: { a: { word: 'two' } } }, { package: 'oci://h/b:1' }]);
    expect(await place.install()).toMatchObject({ changed: true, appConfig: { changed: true } });
    expect(place.network.since()).toEqual([]);
    expect(await readFile(join(place.root, APP_CONFIG), 'utf8')).toContain('word: two');
  });

  it('asks what a tag means with pullPolicy Always, and fetches it where that has changed', async () => {
    const place = await withTwo();
    await place.list([{ package: 'oci://h/a:1', pullPolicy: 'Always' }, { package: 'oci://h/b:1' }]);
    expect(actions(await place.install())).toEqual(['kept oci://h/a!', 'kept oci://h/b!']);
    expect(place.network.since()).toEqual(['resolve oci://h/a:1']);
    await publishA(place, 'oci://h/a:1', '1.0.1', 'moved');
    expect(actions(await place.install())).toEqual(['changed oci://h/a!', 'kept oci://h/b!']);
    expect(await place.installed()).toMatchObject({ 'a-dynamic': '1.0.1' });
  });

  it('fetches with forceDownload what has not changed', async () => {
    const place = await withTwo();
    await place.list([{ package: 'oci://h/a:1', forceDownload: true }, { package: 'oci://h/b:1' }]);
    await place.install();
    expect(place.network.since()).toEqual(['resolve oci://h/a:1', 'fetch oci://h/a! at a1']);
  });

  it('fetches anew what was damaged since', async () => {
    const place = await withTwo();
    await writeFile(join(place.root, 'a-dynamic/index.cjs'), 'damaged');
    await rm(join(await realpath(join(place.root, 'b-dynamic')), '../record.json'));
    await place.install();
    expect(place.network.since().filter((call) => call.startsWith('fetch'))).toHaveLength(2);
    expect(await readFile(join(place.root, 'a-dynamic/index.cjs'), 'utf8')).not.toBe('damaged');
  });

  it('cleans up what earlier runs left behind', async () => {
    const place = await withTwo();
    await mkdir(join(place.root, '.stagedoor-install/staging-old/0/download'), { recursive: true });
    await mkdir(join(place.root, '.stagedoor-install/a-dynamic-0000/package'), { recursive: true });
    await place.install();
    const { held, used } = await storeOf(place.root);
    expect(held).toEqual(used);
  });

  it('tells what it is at', async () => {
    const place = await workplace();
    await publishA(place, 'oci://h/a:1', '1.0.0', 'a1');
    await place.list([{ package: 'oci://h/a:1' }]);
    const steps: unknown[] = [];
    await place.install({ onProgress: (progress) => steps.push(progress) });
    expect(steps).toEqual([
      { step: 'resolving', plugins: 1 },
      { step: 'fetching', plugins: 1 },
      { step: 'fetched', package: 'oci://h/a:1', version: '1.0.0', done: 1, plugins: 1 },
    ]);
  });

  it('in a dry run says what it would do, and does nothing', async () => {
    const place = await withTwo();
    const before = await storeOf(place.root);
    await publishA(place, 'oci://h/a:2', '2.0.0', 'a2');
    place.network.publish('oci://h/c:1', await namedBundle('c', '1.0.0'), 'c1', 'oci://h/c!');
    await place.list([{ package: 'oci://h/a:2' }, { package: 'oci://h/c:1' }]);
    await rm(join(place.dir, 'dynamic-plugins.lock'));
    const result = await place.install({ dryRun: true });
    expect(actions(result)).toEqual(['changed oci://h/a!', 'added oci://h/c!']);
    expect(result).toMatchObject({ removed: ['b-dynamic'], changed: true, appConfig: { changed: true } });
    expect(result.lockFile.written).toBe(false);
    expect(place.network.since()).toEqual(['resolve oci://h/a:2', 'resolve oci://h/c:1']);
    expect(await storeOf(place.root)).toEqual(before);
    expect(await place.installed()).toEqual({ 'a-dynamic': '1.0.0', 'b-dynamic': '1.0.0' });
    await expect(readFile(join(place.dir, 'dynamic-plugins.lock'))).rejects.toThrow('ENOENT');
    await expect(place.install({ dryRun: true, root: 'nowhere' })).resolves.toMatchObject({ removed: [] });
    await expect(readlink(join(place.dir, 'nowhere'))).rejects.toThrow('ENOENT');
  });
});

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

  it('where a package is not what its manifest says', async () => {
    const place = await withTwo();
    await offer(place, {}, (dir) => writeFile(join(dir, 'index.cjs'), 'changed'));
    const { message } = await fails(place, 'DIGEST_MISMATCH');
    expect(message).toMatch(/^dynamic-plugins\.yaml:1: oci:\/\/h\/a:2: .*index\.cjs differs/);
  });

  it('where what was fetched is no package', async () => {
    const place = await withTwo();
    await offer(place, { sealed: false }, (dir) => rm(join(dir, 'package.json')));
    await fails(place, 'PACKAGE_JSON_MISSING');
  });

  it('where several plugins fail, and tells all of them', async () => {
    const place = await withTwo();
    const broken = await namedBundle('x', '1.0.0');
    await writeFile(join(broken, 'more'), '');
    for (const name of ['x', 'y']) place.network.publish(`oci://h/${name}:1`, broken, name);
    await place.list([{ package: 'oci://h/x:1' }, { package: 'oci://h/y:1' }]);
    const { message } = await fails(place, 'DIGEST_MISMATCH');
    expect(message).toMatch(/oci:\/\/h\/x:1: .*\n.*oci:\/\/h\/y:1: /);
  });

  it('where two entries turn out to be one package', async () => {
    const place = await withTwo();
    place.network.publish('oci://h/z:1', await namedBundle('a-dynamic', '9.0.0'), 'z1');
    await place.list([{ package: 'oci://h/a:1' }, { package: 'oci://h/z:1' }]);
    await fails(place, 'PLUGIN_LISTED_TWICE');
    place.network.publish('oci://h/z:1', await namedBundle('a-dynamic', '9.0.0'), 'z1', 'oci://h/a!');
    await fails(place, 'PLUGIN_LISTED_TWICE');
  });

  it('where a drop of somebody else has the place', async () => {
    const place = await withTwo();
    await dropFolder(await namedBundle('c', '7.0.0'), place.root, 'c');
    await offer(place, {});
    const { message } = await fails(place, 'ROOT_ENTRY_TAKEN');
    expect(message).toContain(join(place.root, 'c'));
    expect(await place.installed()).toMatchObject({ c: '7.0.0' });
  });

  it('where two plugins set a key differently', async () => {
    const place = await withTwo();
    await place.list([
      { package: 'oci://h/a:1', pluginConfig: { x: 1 } },
      { package: 'oci://h/b:1', pluginConfig: { x: 2 } },
    ]);
    await fails(place, 'PLUGIN_CONFIG_CONFLICT');
  });

  it('where no source knows what a text means', async () => {
    const place = await withTwo();
    await place.list([{ package: './folder' }]);
    await fails(place, 'PLUGIN_LIST_INVALID');
  });

  it('where it is interrupted', async () => {
    const place = await withTwo();
    await offer(place, {});
    const controller = new AbortController();
    place.network.onFetch = () => Promise.resolve(controller.abort());
    const before = await storeOf(place.root);
    await expect(place.install({ signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect(await storeOf(place.root)).toEqual(before);
  });

  it('where the root directory cannot be one', async () => {
    const place = await withTwo();
    await writeFile(join(place.dir, 'file'), '');
    await expect(place.install({ root: 'file/root' })).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  });
});

describe('Required signatures', () => {
  const keys = (): { trusted: PublicKey; sign(dir: string): Promise<void> } => {
    const pair = generateKeys(undefined);
    const key = readPrivateKey(pair.privateKey, 'key');
    return {
      trusted: readPublicKey(pair.publicKey, 'key'),
      sign: async (dir) => void (await signBundle(dir, key)),
    };
  };

  it('let in what a trusted key signed, and say which', async () => {
    const place = await workplace();
    const { trusted, sign } = keys();
    const dir = await namedBundle('a', '1.0.0');
    await sign(dir);
    place.network.publish('oci://h/a:1', dir, 'a1');
    await place.list([{ package: 'oci://h/a:1' }]);
    const { plugins } = await place.install({ trusted: [trusted] });
    expect(plugins).toMatchObject([{ signedBy: [trusted.keyId] }]);
  });

  it.each([
    ['SIGNATURE_MISSING', 'is not signed', async () => {}],
    ['SIGNATURE_UNTRUSTED', 'another key signed', (dir: string) => keys().sign(dir)],
  ])('refuse with %s what %s, before it is in the root directory', async (code, _, sign) => {
    const place = await workplace();
    const dir = await namedBundle('a', '1.0.0');
    await sign(dir);
    place.network.publish('oci://h/a:1', dir, 'a1');
    await place.list([{ package: 'oci://h/a:1' }]);
    await expect(place.install({ trusted: [keys().trusted] })).rejects.toMatchObject({ code });
    expect(await place.installed()).toEqual({});
    expect((await storeOf(place.root)).held).toEqual([]);
  });

  it('refuse what changed after it was signed', async () => {
    const place = await workplace();
    const { trusted, sign } = keys();
    const dir = await namedBundle('a', '1.0.0');
    await sign(dir);
    await writeFile(join(dir, 'index.cjs'), 'changed');
    place.network.publish('oci://h/a:1', dir, 'a1');
    await place.list([{ package: 'oci://h/a:1' }]);
    await expect(place.install({ trusted: [trusted] })).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  });

  it('refuse what was installed before they were required', async () => {
    const place = await withTwo();
    await expect(place.install({ trusted: [keys().trusted] })).rejects.toMatchObject({ code: 'SIGNATURE_MISSING' });
  });
});

describe('The lock file', () => {
  const lockOf = async ({ dir }: Workplace): Promise<{ plugins: Record<string, Record<string, string>> }> =>
    JSON.parse(await readFile(join(dir, 'dynamic-plugins.lock'), 'utf8')) as never;

  it('says what was installed for every entry, and is the same when nothing changes', async () => {
    const place = await withTwo();
    const { plugins } = await lockOf(place);
    expect(Object.keys(plugins)).toEqual(['oci://h/a:1', 'oci://h/b:1']);
    expect(plugins['oci://h/a:1']).toEqual({
      key: 'oci://h/a!',
      identity: 'oci://h/a! at a1',
      digest: 'a1',
      content: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
    });
    const text = await readFile(join(place.dir, 'dynamic-plugins.lock'), 'utf8');
    await place.install();
    expect(await readFile(join(place.dir, 'dynamic-plugins.lock'), 'utf8')).toBe(text);
  });

  it('lets a frozen install do what it says, also to an empty root directory', async () => {
    const place = await withTwo();
    const result = await place.install({ frozen: true, root: 'another' });
    expect(result).toMatchObject({ changed: true, lockFile: { written: false } });
    expect(result.plugins).toHaveLength(2);
  });

  it.each([
    [
      'a tag that has moved',
      /oci:\/\/h\/a:1 is locked to identity .* at a1 and now has .* at moved/,
      async (place: Workplace) => {
        await publishA(place, 'oci://h/a:1', '1.0.0', 'moved');
      },
    ],
    [
      'content that has changed under the same digest',
      /a:1 is locked to content/,
      async (place: Workplace) => {
        await publishA(place, 'oci://h/a:1', '1.0.1', 'a1');
      },
    ],
    [
      'an entry that is not locked',
      /oci:\/\/h\/c:1 is listed and not locked/,
      async (place: Workplace) => {
        place.network.publish('oci://h/c:1', await namedBundle('c', '1.0.0'), 'c1');
        await place.list([{ package: 'oci://h/a:1' }, { package: 'oci://h/b:1' }, { package: 'oci://h/c:1' }]);
      },
    ],
    [
      'an entry that is not listed',
      /oci:\/\/h\/b:1 is locked and not listed/,
      (place: Workplace) => place.list([{ package: 'oci://h/a:1' }]),
    ],
    [
      'a lock that is not there',
      /There is no .*dynamic-plugins\.lock/,
      ({ dir }: Workplace) => rm(join(dir, 'dynamic-plugins.lock')),
    ],
  ])('stops a frozen install at %s', async (_, message, change) => {
    const place = await withTwo();
    await change(place);
    const failing = place.install({ frozen: true, root: 'another' });
    await expect(failing).rejects.toMatchObject({
      code: 'PLUGIN_LOCK_MISMATCH',
      message: expect.stringMatching(message) as unknown,
    });
    expect((await storeOf(join(place.dir, 'another')).catch(() => ({ held: [] }))).held).toEqual([]);
  });

  it.each(['no JSON', '{"format": 2}', '{"format": 1, "plugins": {"a": {}}}', '{"__proto__": 1}'])(
    'is refused when it is %s',
    async (text) => {
      const place = await withTwo();
      await writeFile(join(place.dir, 'dynamic-plugins.lock'), text);
      await expect(place.install({ frozen: true })).rejects.toMatchObject({ code: 'PLUGIN_LOCK_INVALID' });
      await expect(place.install()).resolves.toMatchObject({ lockFile: { written: true } });
    },
  );

  it('that cannot be written is a warning: the folder of a list may be read-only', async () => {
    const place = await withTwo();
    const file = join(place.dir, 'dynamic-plugins.lock');
    await rm(file);
    await mkdir(join(file, 'folder'), { recursive: true });
    const { warnings, lockFile } = await place.install();
    expect(lockFile.written).toBe(false);
    expect(warnings).toEqual([expect.stringMatching(/^The lock file was not written: /)]);
  });
});

it('wants integrity before it asks any source', async () => {
  const place = await workplace();
  await place.list([{ package: '@acme/a@1' }]);
  await expect(place.install()).rejects.toMatchObject({ code: 'INTEGRITY_MISSING' });
  await place.list([{ package: '@acme/a@1', integrity: INTEGRITY, disabled: true }]);
  await place.install();
  expect(place.network.since()).toEqual([]);
});
