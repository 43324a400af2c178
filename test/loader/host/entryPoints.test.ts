import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exported, fixturePackage } from '../../cli/export/exportSupport';
import { startBackend } from '../../support/backend';
import { dropFolder } from '../../support/bundles';

const NAME = '@fixture/entry-points-dynamic';

interface EntryKind {
  what: string;
  fields: Record<string, unknown>;
  from: string;
  plugins: string[];
}

const kinds: EntryKind[] = [
  {
    what: './alpha, where the main entry point has no feature',
    fields: { exports: { '.': './src/index.ts', './alpha': './src/alpha.ts', './package.json': './package.json' } },
    from: 'alpha',
    plugins: ['entries'],
  },
  { what: 'a factory of a feature', fields: { main: 'src/factory.ts' }, from: 'factory', plugins: ['entries'] },
  {
    what: 'a loader of several plugins',
    fields: { main: 'src/loader.ts' },
    from: 'loader',
    plugins: ['also-entries', 'entries'],
  },
  {
    what: 'an array of plugins',
    fields: { main: 'src/array.ts' },
    from: 'array',
    plugins: ['also-entries', 'entries'],
  },
  {
    what: 'an array below default.default',
    fields: { main: 'src/doubleDefault.js' },
    from: 'doubleDefault',
    plugins: ['also-entries', 'entries'],
  },
  {
    what: 'an ES module of a package of ES modules',
    fields: { main: 'src/esModule.mjs', type: 'module' },
    from: 'esModule',
    plugins: ['entries'],
  },
];

describe('A package whose feature is', () => {
  test.each(kinds)('$what is exported, started and loaded', async ({ fields, from, plugins }) => {
    const dir = await fixturePackage('entry-points');
    const file = join(dir, 'package.json');
    const source = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    await writeFile(file, JSON.stringify({ ...source, ...fields }));
    const result = await exported(dir);
    expect([result.startCheck, [...result.pluginIds].sort()]).toEqual(['passed', plugins]);

    const backend = await startBackend();
    await dropFolder(result.path, backend.root, 'entries');
    const status = await backend.until(NAME, 'running');
    expect([...status!.pluginIds].sort()).toEqual(plugins);
    for (const id of plugins) {
      const response = await backend.get(`/api/${id}/from`);
      expect([response.status, await response.json()]).toEqual([200, { from }]);
      expect((await backend.get(`/api/${id}/other`)).status).toBe(401);
    }
  });
});
