import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExportResult } from '@stagedoor/cli/api';
import { intersectRanges } from '../../../../cli/src/export/describe/peers';
import { repository } from '../../../support/repository';
import { makeTempDir, removeTempDir } from '../../../support/tempDir';
import { copyFixture, exported, filesOf, fixturePackage } from '../exportSupport';

const require = createRequire(join(repository, 'cli/package.json'));

function installedVersion(name: string): string {
  return (require(`${name}/package.json`) as { version: string }).version;
}

describe('A plugin whose libraries bring files, optional parts and ranges of a workspace', () => {
  let parent: string;
  let result: ExportResult;

  beforeAll(async () => {
    parent = await makeTempDir();
    // Verified: its init runs all migrations, so what is missing fails here.
    result = await exported(await copyFixture('library-assets', parent));
  });
  afterAll(() => removeTempDir(parent));

  it('carries the files that an inlined library asks for by its name', async () => {
    expect(await filesOf(join(result.path, 'embedded'))).toEqual([
      '@fixture+store/migrations/20260101_store.js',
      '@fixture+store/package.json',
    ]);
    expect(result.inlined.map((entry) => entry.name).sort()).toEqual(['@fixture/addon-user', '@fixture/store']);
  });

  it('carries what its migrations import, file by file, and says why', async () => {
    expect(result.hoisted).toEqual([
      { name: '@fixture/column-types', version: '1.4.0', reason: 'imported by migrations/20260102_own.js' },
    ]);
    expect(await filesOf(join(result.path, 'node_modules'))).toEqual([
      '@fixture/column-types/index.js',
      '@fixture/column-types/package.json',
    ]);
  });

  it('declares installed versions for workspace: and backstage: ranges', () => {
    expect(result.shared).toEqual({
      '@backstage/backend-plugin-api': `^${installedVersion('@backstage/backend-plugin-api')}`,
      '@backstage/errors': `^${installedVersion('@backstage/errors')}`,
    });
  });

  it('keeps guarded imports of optional packages that are not there', async () => {
    const code = await readFile(join(result.path, 'dist/index.cjs.js'), 'utf8');
    for (const left of ['./build/Release/addon.node', '@fixture/absent-addon', '@fixture/absent-peer']) {
      expect(code).toContain(`require("${left}")`);
    }
  });
});

describe('A library that turns out not to work bundled only when it is started', () => {
  it('is hoisted by a second attempt', async () => {
    const result = await exported(await fixturePackage('library-of-surprises'));
    expect(result.hoisted).toEqual([
      { name: '@fixture/finds-itself', version: '1.0.0', reason: 'does not start when bundled' },
    ]);
    expect(await filesOf(join(result.path, 'node_modules/@fixture/finds-itself'))).toContain('words.txt');
  });
});

describe('Ranges of several importers of a shared package', () => {
  it.each([
    ['^1.2.0', '^1.10.1', '^1.10.1'],
    ['^1.10.1', '*', '^1.10.1'],
    ['>=1.2.0', '<2.0.0', '>=1.2.0 <2.0.0'],
    ['^1.0.0 || ^2.0.0', '>=1.5.0 <3.0.0', '^1.0.0 >=1.5.0 <3.0.0 || ^2.0.0 >=1.5.0 <3.0.0'],
    ['^1.0.0', '^2.0.0', undefined],
  ])('%s and %s give %s', (a, b, both) => {
    expect(intersectRanges(a, b)).toBe(both);
  });
});

it('A hoisted package brings what Node.js requires of it where it can require ES modules', async () => {
  const dir = await fixturePackage('dependency-with-module-sync');
  const { path } = await exported(dir, '--hoist', '@fixture/asks-two-ways');
  expect(await filesOf(path)).toEqual(
    expect.arrayContaining(['index.js', 'require.mjs'].map((file) => `node_modules/@fixture/two-ways/${file}`)),
  );
});
