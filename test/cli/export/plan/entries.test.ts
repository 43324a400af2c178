import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exported, fixturePackage, stagedoor } from '../exportSupport';

interface Described {
  backstage: Record<string, unknown>;
}

async function packageJsonOf(path: string): Promise<Described> {
  return JSON.parse(await readFile(join(path, 'package.json'), 'utf8')) as Described;
}

describe('The entry points of a plugin', () => {
  test('are those of its exports that have features, where its main export has none', async () => {
    const { modules, path } = await exported(await fixturePackage('further-entries'));
    expect(modules).toEqual([
      { pluginId: 'catalog', moduleId: 'users' },
      { pluginId: 'catalog', moduleId: 'groups' },
    ]);
    expect((await packageJsonOf(path)).backstage).toMatchObject({ features: { '.': '@backstage/BackendFeature' } });
  });

  test('are named where none of them has a feature', async () => {
    const dir = await fixturePackage('further-entries');
    const { writeFile } = await import('node:fs/promises');
    for (const name of ['new-backend', 'provider']) await writeFile(join(dir, `src/${name}.ts`), 'export const x = 1;');
    const { code, stderr } = await stagedoor(dir, 'export');
    expect(code).toBe(1);
    expect(stderr).toContain('Entry points looked at: ., ./new-backend, ./provider, ./helpers.');
  });
});

test('resolvePackagePath(import.meta.url) finds the files of the plugin, and of packages that it carries', async () => {
  const { startCheck, path } = await exported(await fixturePackage('finds-by-url'));
  expect(startCheck).toBe('passed');
  expect((await packageJsonOf(path)).backstage).toMatchObject({ pluginPackages: ['@fixture/finds-by-url'] });
});
