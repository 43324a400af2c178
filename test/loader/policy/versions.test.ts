import { ConfigReader } from '@backstage/config';
import { expect, test } from 'vitest';
import { versionModeOf } from '../../../loader/src/policy/versions';
import { readSettings } from '../../../loader/src/settings/readSettings';
import { startBackend } from '../../support/backend';
import { drop } from '../../support/greeter';

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

test('A portal refuses, warns of or takes bundles for another release, as its settings say of each package', async () => {
  const backend = await startBackend({
    dynamicPlugins: { versions: { mode: 'refuse', warn: ['calls'], ignore: ['streams'] } },
  });
  const forAnother = (pluginId: string) => ({
    packageJson: { backstage: { role: 'backend-plugin', pluginId, 'supported-versions': '~1.0.0' } },
  });
  for (const fixture of ['greeter', 'calls', 'streams']) await drop(backend, fixture, forAnother(fixture));

  const refused = await backend.until('greeter-dynamic', 'rejected');
  expect(refused).toMatchObject({ code: 'BACKSTAGE_VERSION_UNSUPPORTED', message: expect.stringContaining('~1.0.0') });
  await backend.until('calls-dynamic', 'running');
  await backend.until('streams-dynamic', 'running');
  const told = (name: string) => backend.logs.filter((line) => line.includes('~1.0.0') && line.includes(name));
  expect(told('calls-dynamic')).toEqual([expect.stringMatching(/BACKSTAGE_VERSION_UNSUPPORTED.*It is loaded/)]);
  expect(told('streams-dynamic')).toEqual([]);

  await drop(backend, 'greeter');
  await backend.until('greeter-dynamic', 'running');
});
