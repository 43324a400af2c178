import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exported, filesOf, fixturePackage } from '../exportSupport';

// The init of each fixture compares what it gets with what plain Node.js gives: the start check fails where one breaks.

describe('Code that libraries load by a name', () => {
  it('is carried, whatever way they spell it, and what nothing was found to load is named in one warning', async () => {
    const result = await exported(await fixturePackage('late-code'));
    expect(result.startCheck).toBe('passed');
    const byName = 'loads code by names that only exist at run time';
    expect(result.hoisted.map(({ name, reason }) => [name, reason]).sort()).toEqual([
      ['@fixture/counts-in-words', byName],
      ['@fixture/finds-its-platform', byName],
      ['@fixture/has-no-native-part', byName],
      ['@fixture/hides-its-require', byName],
      ['@fixture/only-for-import', byName],
      ['@fixture/plugin-by-name', '@fixture/late-code declares it, and loads it by its name'],
      ['@fixture/renames-require', byName],
      ['@fixture/speaks-dialects', '@fixture/late-code declares it, and loads it by its name'],
    ]);
    expect(result.inlined.map(({ name }) => name).sort()).toEqual([
      '@fixture/loads-plugins',
      '@fixture/waits-as-module',
    ]);
    expect(result.warnings).toEqual([
      'not in the bundle, because no code in it imports them: @fixture/carries-unused (dependency of @fixture/late-code). ' +
        'If one is loaded in another way, carry it with --hoist <name>.',
    ]);
  });

  it('is carried where it is asked for, although nothing imports it', async () => {
    const dir = await fixturePackage('late-code');
    const result = await exported(dir, '--no-start-check', '--hoist', '@fixture/carries-unused');
    expect(result.hoisted).toContainEqual({
      name: '@fixture/carries-unused',
      version: '1.0.0',
      reason: 'asked for with --hoist',
    });
    expect(await filesOf(join(result.path, 'node_modules/@fixture/carries-unused'))).toEqual([
      'index.js',
      'package.json',
    ]);
    expect(result.warnings).toEqual([]);
  });
});

describe('A plugin with a knex of its own', () => {
  it.each([[[]], [['--hoist', 'knex']]])('uses the drivers of its host and carries none (%j)', async (args) => {
    const result = await exported(await fixturePackage('own-knex'), ...args);
    expect(result.startCheck).toBe('passed');
    const files = await filesOf(result.path);
    expect(files.filter((file) => file.endsWith('.node') || file.includes('node_modules/better-sqlite3/'))).toEqual([]);
    const { peerDependencies, peerDependenciesMeta } = JSON.parse(
      await readFile(join(result.path, 'package.json'), 'utf8'),
    ) as Record<string, object>;
    expect(peerDependencies).toHaveProperty('better-sqlite3', '*');
    expect(peerDependenciesMeta).toHaveProperty('better-sqlite3', { optional: true });
  });
});
