import { expect, test } from 'vitest';
import { isPlainSchema } from '../../../loader/src/validate/plainSchema';
import { startBackend } from '../../support/backend';
import { dropFolder, fixtureBundle } from '../../support/bundles';
import { tempDir } from '../../support/tempDir';

/** Starts a backend with a bundle for each schema of a top-level key; gives state and code of each. */
async function statesWith(schemas: Record<string, object>, reads: object): Promise<Record<string, string | undefined>> {
  const backend = await startBackend({
    config: { reads },
    before: async (root) => {
      for (const [name, properties] of Object.entries(schemas)) {
        const files = { 'dist/.config-schema.json': JSON.stringify({ type: 'object', properties }) };
        await dropFolder(await fixtureBundle(await tempDir(), name, { files }), root, name);
      }
    },
  });
  const found = await backend.plugins();
  return Object.fromEntries(found.map(({ drop, state, code }) => [drop, state === 'running' ? state : code]));
}

test('Bundles whose schemas app-config matches start together', async () => {
  const properties = { a: { type: 'number' } };
  const schemas = {
    greeter: { reads: { type: 'object', properties } },
    streams: { reads: { type: 'object', required: ['a'] } },
    overhears: { backend: { type: 'object' } },
  };
  expect(await statesWith(schemas, { a: 1 })).toEqual({ greeter: 'running', streams: 'running', overhears: 'running' });
});

test('A schema that contradicts those of other bundles, or that app-config does not match, keeps that bundle alone from starting', async () => {
  const schemas = {
    greeter: { reads: { type: 'object' } },
    streams: { reads: { type: 'string' } },
    overhears: { reads: { type: 'object', required: ['missing'] } },
    'blue-green': { reads: { type: 'object', properties: { a: { type: 'number', minimum: 5 } } } },
  };
  expect(await statesWith(schemas, { a: 1 })).toEqual({
    greeter: 'running',
    streams: 'CONFIG_INVALID',
    overhears: 'CONFIG_INVALID',
    'blue-green': 'CONFIG_INVALID',
  });
});

test('What a schema closes stays closed, whatever the schemas of other bundles describe', async () => {
  const schemas = {
    greeter: { reads: { type: 'object', properties: { a: { type: 'number' } } } },
    overhears: { reads: { type: 'object', properties: { a: { type: 'number' } } } },
    streams: { reads: { type: 'object', properties: { b: {} }, additionalProperties: false } },
  };
  expect(await statesWith(schemas, { a: 1 })).toMatchObject({ greeter: 'running', streams: 'CONFIG_INVALID' });
});

test.each([
  ['properties and what narrows them', { type: 'object', properties: { a: { enum: [1], minimum: 0 } } }, true],
  ['properties that are closed', { properties: {}, additionalProperties: false }, false],
  ['a closed schema of items', { items: { additionalProperties: false } }, false],
  ['a list of schemas of items', { items: [{ type: 'string' }] }, false],
  ['a pattern', { properties: { a: { pattern: '(a+)+$' } } }, false],
  ['alternatives', { anyOf: [{ type: 'string' }] }, false],
  ['a reference', { properties: { a: { $ref: '#/definitions/b' } } }, false],
  [
    'a property of a name that merging loses',
    { properties: JSON.parse('{"__proto__":{"type":"string"}}') as object },
    false,
  ],
  ['another draft', { $schema: 'https://json-schema.org/draft/2020-12/schema' }, false],
  ['a boolean', true, false],
])('A schema with %s is plain or not', (_what, schema, plain) => {
  expect(isPlainSchema(schema)).toBe(plain);
});
