import { loadConfigSchema } from '@backstage/config-loader';
import type { JsonObject } from '@backstage/types';
import { describe, expect, test } from 'vitest';
import { addSchemas } from '../../../loader/src/validate/composedSchema';
import { TooManySchemas, onlyLeaves, visibilityOf } from '../../../loader/src/validate/configVisibility';

const text = { type: 'string' };
const shown = { type: 'string', visibility: 'frontend' };
const secret = { type: 'string', visibility: 'secret' };

async function schemaOf(...values: JsonObject[]) {
  const schemas = values.map((value) => ({ path: 'schema.json', value }));
  return await loadConfigSchema({ serialized: { backstageConfigSchemaVersion: 1, schemas } });
}

/** What of `data` one schema shows to whom, found without compiling it. */
function seen(schema: JsonObject, data: JsonObject, visibility: 'frontend' | 'secret'): JsonObject {
  const leaves = visibilityOf([schema], data).filter((leaf) => leaf.visibility === visibility);
  return onlyLeaves(data, leaves);
}

describe('who may see a value of app-config is found as Backstage finds it', () => {
  const cases: Array<[string, JsonObject, JsonObject]> = [
    ['properties', { properties: { a: shown, b: secret, c: text } }, { a: 'a', b: 'b', c: 'c', d: 'd' }],
    [
      'a property that all below inherit from',
      { properties: { a: { type: 'object', deepVisibility: 'frontend' } } },
      { a: { b: { c: 'c' }, d: ['e', { f: 'f' }] } },
    ],
    [
      'a property that all below inherit from, but for one',
      { properties: { a: { type: 'object', deepVisibility: 'secret', properties: { b: text } } } },
      { a: { b: 'b', c: 1 } },
    ],
    [
      'lists of texts, of objects and of both',
      {
        properties: {
          a: { type: 'array', visibility: 'frontend', items: text },
          b: { type: 'array', items: shown },
          c: { type: 'array', items: { type: 'object', properties: { d: secret, e: shown } } },
        },
      },
      { a: ['1', '2'], b: ['3'], c: [{ d: '4', e: '5' }, { e: '6' }, { f: '7' }] },
    ],
    [
      'patterns and all other names',
      {
        patternProperties: { '^x-': shown, '^y': { type: 'object', additionalProperties: secret } },
        additionalProperties: { type: 'object', properties: { z: shown } },
      },
      { 'x-a': '1', y: { any: '2' }, other: { z: '3', w: '4' } },
    ],
    [
      'all of several schemas',
      { allOf: [{ properties: { a: shown } }, { properties: { b: secret, a: text } }] },
      { a: '1', b: '2' },
    ],
    [
      'a reference',
      { properties: { a: { $ref: '#/definitions/x~1y' } }, definitions: { 'x/y': { properties: { b: shown } } } },
      { a: { b: '1', c: '2' } },
    ],
    [
      'a schema that refers to itself',
      { properties: { a: { $ref: '#' }, b: secret } },
      { a: { a: { a: { b: '1' } }, b: '2' }, b: '3' },
    ],
    ['numbers and truth', { properties: { a: { type: 'number', visibility: 'secret' } } }, { a: 42, b: true }],
  ];

  test.each(cases)('for %s', async (_what, schema, data) => {
    const compiled = await schemaOf({ type: 'object', ...schema });
    for (const visibility of ['frontend', 'secret'] as const) {
      const [theirs] = compiled.process([{ data, context: 'x' }], { visibility: [visibility] });
      expect(seen(schema, data, visibility)).toEqual(theirs!.data);
    }
  });
});

test('Every branch of a schema counts, and what any of them calls secret is secret', () => {
  const schema = {
    properties: {
      a: { anyOf: [{ properties: { b: shown } }, { properties: { b: secret, c: shown } }] },
    },
  };
  expect(seen(schema, { a: { b: '1', c: '2' } }, 'secret')).toEqual({ a: { b: '1' } });
  expect(seen(schema, { a: { b: '1', c: '2' } }, 'frontend')).toEqual({ a: { c: '2' } });
});

test('A name that a costly pattern may match is secret where the pattern says so, and never visible', () => {
  const costly = '^(a+)+$';
  expect(seen({ patternProperties: { [costly]: secret } }, { b: '1' }, 'secret')).toEqual({ b: '1' });
  expect(seen({ patternProperties: { [costly]: shown } }, { a: '1' }, 'frontend')).toEqual({});
  expect(seen({ patternProperties: { [costly]: text }, additionalProperties: shown }, { b: '1' }, 'frontend')).toEqual(
    {},
  );
});

test('A schema that says too much of too many values is given up in bounded time', () => {
  const branches = Array.from({ length: 5000 }, () => ({ additionalProperties: { $ref: '#' } }));
  const data = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index}`, { a: 1 }]));
  // Of this process alone, whatever else the machine does.
  const start = process.cpuUsage();
  expect(() => visibilityOf([{ anyOf: branches }], data)).toThrow(TooManySchemas);
  expect(process.cpuUsage(start).user).toBeLessThan(2_000_000);
});

describe('a config schema with those of bundles added', () => {
  const configs = [{ context: 'x', data: { a: { b: '1', c: 2, d: 3 }, e: '4' } }];
  const options = { visibility: ['frontend' as const] };

  test('shows what either shows, and nothing that the portal calls secret, numbers included', async () => {
    const base = await schemaOf({
      type: 'object',
      properties: { a: { properties: { b: shown, c: { type: 'number', visibility: 'secret' } } } },
    });
    const value = { type: 'object', properties: { a: { type: 'object', deepVisibility: 'frontend' } } };
    const [processed] = addSchemas(base, [{ path: 'x', value }]).process(configs, options);
    expect(processed!.data).toEqual({ a: { b: '1', d: 3 } });
  });

  test('is the same to who asks for no visibility, and can be written down', async () => {
    const base = await schemaOf({ type: 'object' });
    const value = { type: 'object', properties: { e: shown } };
    const composed = addSchemas(base, [{ path: 'x', value }]);
    expect(composed.process(configs)).toEqual(configs);
    expect(composed.serialize().schemas).toHaveLength(2);
    const again = await loadConfigSchema({ serialized: composed.serialize() });
    expect(again.process(configs, options)[0]!.data).toEqual({ e: '4' });
  });
});
