import { expect, test } from 'vitest';
import { mergePluginConfigs } from '../../../../cli/src/install/config/mergePluginConfigs';

const merged = (...fragments: Array<Record<string, unknown> | undefined>): Record<string, unknown> =>
  mergePluginConfigs(fragments.map((pluginConfig, index) => ({ package: `./p${index}`, pluginConfig })));

test('merges objects key by key, and takes what two plugins set alike', () => {
  const a = { catalog: { providers: { github: { org: 'a' } }, rules: [1, { x: 2 }] }, same: 'x' };
  const b = { catalog: { providers: { gitlab: { org: 'b' } }, rules: [1, { x: 2 }] }, same: 'x' };
  expect(merged(a, undefined, b)).toEqual({
    catalog: { providers: { github: { org: 'a' }, gitlab: { org: 'b' } }, rules: [1, { x: 2 }] },
    same: 'x',
  });
  expect(a).toEqual({ catalog: { providers: { github: { org: 'a' } }, rules: [1, { x: 2 }] }, same: 'x' });
});

test.each([
  ['two values', { a: { b: 1 } }, { a: { b: 2 } }],
  ['two lists', { a: { b: [1] } }, { a: { b: [1, 2] } }],
  ['a value and an object', { a: { b: 1 } }, { a: { b: {} } }],
  ['an object and a value', { a: { b: {} } }, { a: { b: null } }],
])('refuses %s for one key, and names key and plugins', (_, first, second) => {
  expect(() => merged(first, second)).toThrow(
    expect.objectContaining({
      code: 'PLUGIN_CONFIG_CONFLICT',
      message: 'a.b is set differently by ./p0 and ./p1.',
    }) as Error,
  );
});

test('tells every conflict at once', () => {
  expect(() => merged({ a: 1, b: 1 }, { a: 2, b: 2 })).toThrow(/a is set .*; b is set /);
});

test('never merges __proto__, constructor and prototype', () => {
  const hostile = JSON.parse(
    '{"a": {"__proto__": {"x": 1}, "constructor": {"x": 1}, "prototype": 1, "b": 1}}',
  ) as object;
  const result = merged({ a: {} }, hostile as Record<string, unknown>);
  expect(result).toEqual({ a: { b: 1 } });
  expect(Object.getPrototypeOf(result.a)).toBe(Object.prototype);
  expect(({} as { x?: number }).x).toBeUndefined();
});
