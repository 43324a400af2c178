import { concurrently } from '@stagedoor/bundle';
import { availableParallelism } from 'node:os';
import { describe, expect, test } from 'vitest';
import { tryTemplate, valuesFile } from './helm';
import { resolved, schema, type Schema } from './valuesSchema';

/** A mistake in the values, and what Helm has to say about it. */
const mistakes: Array<[string, object, string]> = [
  ['a misspelt key', { replica: 2 }, 'Additional property replica is not allowed'],
  ['a misspelt key further down', { image: { repo: 'x' } }, 'Additional property repo is not allowed'],
  ['a password', { database: { password: 'x' } }, 'Additional property password is not allowed'],
  ['a misspelt key of a plugin', plugin({ disable: true }), 'Additional property disable is not allowed'],
  ['a plugin without a package', { dynamicPlugins: { plugins: [{ disabled: true }] } }, 'package is required'],
  ['text for a number', { replicas: 'two' }, 'replicas: Invalid type'],
  ['an unknown kind of volume', { root: { type: 'hostPath' } }, 'root.type must be one of'],
  ['an unknown signature mode', { signatures: { mode: 'strict' } }, 'signatures.mode must be one of'],
  ['a misspelt key of the policy', { policy: { package: {} } }, 'Additional property package is not allowed'],
  ['a base URL without a protocol', { baseUrl: 'portal.example.com' }, 'baseUrl: Does not match pattern'],
  ['a backend named default', { backends: { default: { plugins: ['search'] } } }, 'backends'],
  ['a backend without plugins', { backends: { search: { replicas: 2 } } }, 'plugins is required'],
  [
    'a misspelt key of a backend',
    split({ plugins: ['search'], replica: 2 }),
    'Additional property replica is not allowed',
  ],
];

/** Values of the right shape that make no sense. */
const nonsense: Array<[string, object, string]> = [
  [
    'a plugin in two backends',
    { backends: { other: { plugins: ['search'] } } },
    'plugin search is already in backends.other.plugins',
  ],
  [
    'a plugin that no package is named after',
    split({ plugins: ['serach'] }),
    'named after plugin serach; list its packages',
  ],
  [
    'a package that is not listed',
    split({ plugins: [{ id: 'search', packages: ['x'] }] }),
    'dynamicPlugins.plugins does not contain package x of plugin search',
  ],
  [
    'a package in two backends',
    { backends: { other: { plugins: [{ id: 'more', packages: ['@backstage/plugin-search-backend'] }] } } },
    'package @backstage/plugin-search-backend is already in backends.other',
  ],
  ['the admin plugin', split({ plugins: ['dynamic-plugins'] }), 'every backend has its own plugin dynamic-plugins'],
  [
    'backends on SQLite',
    { database: { client: 'better-sqlite3' } },
    'database.client: backends, autoscaling and replicas above 1 require pg',
  ],
  ['PostgreSQL without a server', { database: { host: '' } }, 'database.host: required with database.client: pg'],
  [
    'PostgreSQL without a password',
    { database: { passwordSecret: { name: '' } } },
    'database.passwordSecret.name: required with database.client: pg',
  ],
  [
    'PostgreSQL without a user',
    { database: { user: '' } },
    'database.user: this or database.userSecret.name is required',
  ],
  [
    'required signatures without a key',
    { signatures: { mode: 'require' } },
    'signatures.trustedKeys: this or signatures.trustedKeysFrom is required',
  ],
  [
    'a version of an include elsewhere',
    {
      dynamicPlugins: { plugins: [{ package: 'oci://example.com/plugin-search-backend:{{inherit}}' }] },
    },
    'takes its version from an include',
  ],
];

/** Values with a key `misspelt` in every object whose keys are known, by the path of that object. */
const typos = misspelt(schema, '', (value) => value as object);

describe('The chart refuses', () => {
  test('a misspelt key wherever keys are known, and names it', async () => {
    expect(typos.length).toBeGreaterThan(30);
    const unnamed = await concurrently(
      typos,
      async ([path, values]) => {
        const { code, stderr } = await tryTemplate([], values);
        const named = code !== 0 && stderr.includes('misspelt') && stderr.includes(path.split(/[.[]/)[0] ?? '');
        return named ? [] : [`${path}: ${stderr}`];
      },
      availableParallelism(),
    );
    expect(unnamed.flat()).toEqual([]);
  });

  test.each(mistakes)('%s, and names it', async (_, values, message) => {
    await refuses([], values, message);
  });

  test.each(nonsense)('%s, and says why', async (_, values, message) => {
    await refuses([valuesFile('split-includes')], values, message);
  });
});

async function refuses(files: string[], values: object, message: string): Promise<void> {
  const { code, stdout, stderr } = await tryTemplate(files, values);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(message);
}

function misspelt(of: Schema, path: string, inside: (value: unknown) => object): Array<[string, object]> {
  const target = resolved(of) ?? {};
  const own: Array<[string, object]> =
    target.additionalProperties === false ? [[path, inside({ misspelt: true })]] : [];
  const below = Object.entries(target.properties ?? {}).flatMap(([key, next]) =>
    misspelt(next, path ? `${path}.${key}` : key, (value) => inside({ [key]: value })),
  );
  const items = target.items ? misspelt(target.items, `${path}[]`, (value) => inside([value])) : [];
  const named =
    typeof target.additionalProperties === 'object'
      ? misspelt(target.additionalProperties, `${path}.any`, (value) => inside({ any: value }))
      : [];
  return [...own, ...below, ...items, ...named];
}

function plugin(more: object): object {
  return { dynamicPlugins: { plugins: [{ package: 'x', ...more }] } };
}

function split(backend: object): object {
  return { backends: { search: backend } };
}
