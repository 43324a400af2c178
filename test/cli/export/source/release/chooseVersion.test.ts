import { describe, expect, test } from 'vitest';
import { chooseVersion } from '../../../../../cli/src/export/source/release/chooseVersion';
import type { Registry } from '../../../../../cli/src/export/source/release/registry';
import { releaseFor, type Release } from '../../../../../cli/src/export/source/release/release';
import type { PublishedVersion } from '../../../../../cli/src/registry/packument';

const API = '@backstage/backend-plugin-api';

/** What a registry lists, newest version first. */
function registryOf(listed: Record<string, Array<[version: string, dependencies: Record<string, string>]>>): Registry {
  const versions = async (name: string): Promise<PublishedVersion[]> =>
    (listed[name] ?? []).map(([version, dependencies]) => ({ version, dependencies }));
  const list = async (name: string) => ({ tags: { latest: listed[name]![0]![0] }, versions: await versions(name) });
  return { versions, list, signal: undefined } as unknown as Registry;
}

function releaseOf(shared: Record<string, string>, ofApp: Record<string, string> = {}): Release {
  const [backend, app] = [new Map(Object.entries(shared)), new Map(Object.entries(ofApp))];
  return { title: 'Backstage 1.55.0', shared: backend, app, versions: new Map([...backend, ...app]) };
}

describe('Of a published plugin', () => {
  const release = releaseOf({
    [API]: '1.10.1',
    '@backstage/errors': '1.3.1',
    '@backstage/plugin-events-node': '0.4.26',
  });
  const registry = registryOf({
    '@acme/plugin-a-backend': [
      ['3.0.0', { [API]: '^1.12.0' }],
      ['2.1.0', { [API]: '^1.10.0', '@acme/plugin-a-node': '^1.0.0', '@backstage/plugin-events-node': '^0.3.0' }],
      ['2.0.0', { [API]: '^1.9.0' }],
    ],
    '@acme/plugin-a-node': [
      ['1.5.0', { '@backstage/errors': '^1.4.0' }],
      ['1.4.0', { '@backstage/errors': '^1.3.0' }],
    ],
  });

  test('the newest version that fits the release is taken, with libraries that fit too', async () => {
    expect(await chooseVersion({ name: '@acme/plugin-a-backend', range: '' }, release, registry)).toEqual({
      version: '2.1.0',
      libraries: { '@acme/plugin-a-node@^1.0.0': '1.4.0' },
    });
  });

  test.each(['latest', '3', '3.0.0'])(
    '%s is refused where it does not fit, with the version to ask for',
    async (range) => {
      await expect(chooseVersion({ name: '@acme/plugin-a-backend', range }, release, registry)).rejects.toMatchObject({
        code: 'PEER_UNSATISFIED',
        message: `@acme/plugin-a-backend@3.0.0 does not fit Backstage 1.55.0: it needs ${API} ^1.12.0, and the release has 1.10.1.`,
        hint: 'Export @acme/plugin-a-backend@2.1.0, the newest version that fits.',
      });
    },
  );

  test('npm decides where the registry does not know it', async () => {
    expect(await chooseVersion({ name: '@acme/unknown', range: '' }, release, registry)).toBeUndefined();
  });
});

describe('Of a published frontend plugin', () => {
  const CORE = '@backstage/core-plugin-api';
  const release = releaseOf({ [API]: '1.10.1' }, { [CORE]: '1.12.10', react: '18.3.1' });
  const registry = registryOf({
    '@acme/plugin-a': [
      ['3.1.0', { [CORE]: '^1.12.0', react: '^19.0.0' }],
      ['3.0.0', { [CORE]: '^1.13.0', react: '^18.0.0' }],
      // What backends share, a frontend plugin brings along.
      ['2.0.0', { [CORE]: '^1.12.4', '@acme/plugin-a-react': '^1.0.0', react: '^17.0.0 || ^18.0.0', [API]: '^9.0.0' }],
    ],
    '@acme/plugin-a-react': [
      ['1.1.0', { [CORE]: '^1.13.0' }],
      ['1.0.0', { [CORE]: '^1.12.0' }],
    ],
    [CORE]: [
      ['1.13.0', {}],
      ['1.12.10', {}],
      ['1.12.9', {}],
    ],
  });
  const name = '@acme/plugin-a';

  test('the newest version that fits the app is taken, and no copy of an interface of the app is later than that of the app', async () => {
    expect(await chooseVersion({ name, range: '' }, release, registry)).toEqual({
      version: '2.0.0',
      libraries: {
        [`${CORE}@^1.12.4`]: '1.12.10',
        [`${CORE}@^1.12.0`]: '1.12.10',
        '@acme/plugin-a-react@^1.0.0': '1.0.0',
      },
    });
  });

  test.each([
    ['3.0.0', `it needs ${CORE} ^1.13.0, and the release has 1.12.10`],
    ['3.1.0', 'it needs react ^19.0.0, and the release has 18.3.1'],
  ])('%s is refused where the app is earlier, with the version to ask for', async (range, reason) => {
    await expect(chooseVersion({ name, range }, release, registry)).rejects.toMatchObject({
      code: 'PEER_UNSATISFIED',
      message: `${name}@${range} does not fit Backstage 1.55.0: ${reason}.`,
      hint: `Export ${name}@2.0.0, the newest version that fits.`,
    });
  });

  test('an app of a later release takes the newest version', async () => {
    const later = releaseOf({}, { [CORE]: '1.14.0', react: '19.1.0' });
    expect(await chooseVersion({ name, range: '' }, later, registry)).toEqual({ version: '3.1.0', libraries: {} });
  });
});

test('A package of Backstage is taken as it was made for the release, not with what came later', async () => {
  const release = releaseOf({ [API]: '1.10.1', '@backstage/plugin-events-node': '0.4.26' });
  const registry = registryOf({
    '@backstage/plugin-b-backend': [
      ['0.9.0', { [API]: '^1.10.0', '@backstage/plugin-events-node': '^0.5.0' }],
      ['0.8.3', { [API]: '^1.10.0', '@backstage/plugin-events-node': '^0.4.26' }],
    ],
  });
  expect(await chooseVersion({ name: '@backstage/plugin-b-backend', range: '' }, release, registry)).toMatchObject({
    version: '0.8.3',
  });
});

test('A host manifest is the release', async () => {
  const host = {
    backstage: '1.55.0',
    node: '22.0.0',
    platform: 'linux',
    arch: 'x64',
    abi: '127',
    shared: { [API]: '1.10.1' },
  };
  const { title, shared, app } = await releaseFor({ dir: '/', host, ownDir: '/' }, registryOf({}));
  expect([title, ...shared]).toEqual(['Backstage 1.55.0', [API, '1.10.1']]);
  // An earlier portal does not say what its app has; its release does.
  expect(Object.fromEntries(app)).toEqual({
    '@backstage/core-plugin-api': '1.12.10',
    '@backstage/frontend-plugin-api': '0.18.1',
  });
});
