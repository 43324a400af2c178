import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fixturePackage, stagedoor } from './exportSupport';

it('An export accepts the flags of rhdh-cli and janus-cli, and says of each that it has no effect', async () => {
  const dir = await fixturePackage('own-files');
  const flags = [
    ['--minify'],
    ['--embed-package', '@acme/common', '@acme/node'],
    ['--shared-package', '!@backstage/plugin-events-node'],
    ['--override-interop', 'default:a,b'],
    ['--allow-native-package', 'cpu-features'],
    ['--suppress-native-package', 'isolated-vm'],
    ['--ignore-version-check', 'a'],
    ['--no-install'],
    ['--no-build'],
    ['--clean'],
    ['--dev'],
    ['--dynamic-plugins-root', '../root'],
    ['--no-in-place'],
    ['--scalprum-config', 'scalprum.json'],
    ['--track-dynamic-manifest-and-lock-file'],
    ['--no-generate-scalprum-assets'],
    ['--generate-module-federation-assets'],
  ];
  const { code, stderr } = await stagedoor(dir, 'export', ...flags.flat());
  expect(stderr).not.toMatch(/^error/m);
  expect(code).toBe(0);
  await access(join(dir, 'dist-dynamic/package.json'));
  const notes = [...stderr.matchAll(/^note: (--[a-z-]+) has no effect: .+\.$/gm)].map(([, flag = '']) => flag);
  const plain = (flag: string): string => flag.replace(/^--(no-)?/, '');
  expect(notes.map(plain).sort()).toEqual(flags.map(([flag = '']) => plain(flag)).sort());
});

it('An export still refuses a flag that nobody has', async () => {
  const dir = await fixturePackage('own-files');
  const { code, stderr } = await stagedoor(dir, 'export', '--embed-packages', 'a');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error USAGE: Unknown argument/m);
});
