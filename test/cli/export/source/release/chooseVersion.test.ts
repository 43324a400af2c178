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

function releaseOf(shared: Record<string, string>): Release {
  const versions = new Map(Object.entries(shared));
  return { title: 'Backstage 1.55.0', shared: versions, versions };
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

  test('npm decides where the registry does not know it, or it is for browsers', async () => {
    const frontend = registryOf({ '@acme/plugin-a': [['1.0.0', { react: '^18.0.0', [API]: '^9.0.0' }]] });
    expect(await chooseVersion({ name: '@acme/plugin-a', range: '' }, release, frontend)).toBeUndefined();
    expect(await chooseVersion({ name: '@acme/unknown', range: '' }, release, registry)).toBeUndefined();
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
  const { title, shared } = await releaseFor({ dir: '/', host, ownDir: '/' }, registryOf({}));
  expect([title, ...shared]).toEqual(['Backstage 1.55.0', [API, '1.10.1']]);
});
