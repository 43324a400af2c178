import { backendDefaultsOf, backstageRelease } from '@stagedoor/bundle';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDir } from '../support/tempDir';

test('The release of Backstage is what backstage.json names, else that of the installed packages', async () => {
  const dir = await tempDir();
  expect(backstageRelease(dir, '0.18.0')).toEqual({ version: '1.55.0', source: 'installed' });
  expect(backstageRelease(dir, '0.17.6')).toEqual({ version: '1.53.0', source: 'installed' });
  expect(backstageRelease(dir, '0.99.0')).toBeUndefined();
  await mkdir(join(dir, 'packages/backend'), { recursive: true });
  await writeFile(join(dir, 'backstage.json'), '{ "version": "1.60.1" }');
  const below = join(dir, 'packages/backend');
  expect(backstageRelease(below, '0.18.0')).toEqual({ version: '1.60.1', source: 'backstage.json' });
  await writeFile(join(dir, 'backstage.json'), 'half a fi');
  expect(backstageRelease(below, '0.18.0')).toEqual({ version: '1.55.0', source: 'installed' });
});

test('A release is known by the packages that it has, patch releases too', () => {
  expect(backendDefaultsOf('1.55.2')).toBe('0.18.0');
  expect(backendDefaultsOf('1.99.0')).toBeUndefined();
  expect(backendDefaultsOf('newest')).toBeUndefined();
});
