import { ConfigReader } from '@backstage/config';
import { expect, test } from 'vitest';
import { versionModeOf } from '../../../loader/src/policy/versions';
import { readSettings } from '../../../loader/src/settings/readSettings';

function versions(value: unknown) {
  const config = new ConfigReader({ dynamicPlugins: { rootDirectory: 'root', versions: value } } as never);
  return readSettings(config, '/portal')!.versions;
}

test('Bundles for another release are warned of, unless a mode or a list says otherwise', () => {
  expect(versionModeOf('@acme/a', versions(undefined))).toBe('warn');
  expect(versionModeOf('@acme/a', versions('refuse'))).toBe('refuse');
  const listed = versions({ mode: 'ignore', warn: ['@acme/*'], refuse: ['@acme/old'] });
  expect(versionModeOf('@acme/a-dynamic', listed)).toBe('warn');
  expect(versionModeOf('@acme/old', listed)).toBe('refuse');
  expect(versionModeOf('other', listed)).toBe('ignore');
});

test('A mode that does not exist is refused with those that do', () => {
  expect(() => versions('never')).toThrow("'dynamicPlugins.versions' is 'never', accepted: warn, refuse, ignore");
  expect(() => versions({ mode: 'never' })).toThrow('accepted: warn, refuse, ignore');
});
