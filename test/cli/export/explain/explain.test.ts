import { exportPlugin, type ExportResult } from '@stagedoor/cli/api';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTempDir, removeTempDir } from '../../../support/tempDir';
import { copyFixture, fixturePackage, stagedoor } from '../exportSupport';
import { installedWorkspace } from '../check/lockfileSupport';
import { workspaceOf } from '../../workspace/workspaceSupport';

describe('Asked about one package, an export says what was decided, why, and what pulled it in', () => {
  let parent: string;
  let plugin: string;

  beforeAll(async () => {
    parent = await makeTempDir();
    plugin = await copyFixture('decisions', parent);
  });
  afterAll(() => removeTempDir(parent));

  async function explained(explain: string): Promise<ExportResult['explain']> {
    return (await exportPlugin({ cwd: plugin, pack: false, startCheck: false, explain })).explain;
  }

  it('inlined, with a chain for each package that imports it and the files that do', async () => {
    const self = { name: '@fixture/decisions', version: '1.0.0' };
    expect(await explained('deep')).toEqual([
      {
        name: 'deep',
        version: '2.1.0',
        decision: 'inlined',
        reason: 'hosts do not share it, and it works bundled',
        bytes: expect.any(Number) as number,
        chains: [
          [
            { ...self, file: 'src/index.ts' },
            { name: 'right', version: '1.0.0', file: 'lib/inner.js' },
            { name: 'deep', version: '2.1.0' },
          ],
          [
            { ...self, file: 'src/words.ts' },
            { name: 'left', version: '1.0.0', file: 'index.js' },
            { name: 'deep', version: '2.1.0' },
          ],
        ],
      },
    ]);
  });

  it.each([
    ['@backstage/errors', 'shared', 'every host has it, and errors that services of the host throw are known by class'],
    [
      '@backstage/plugin-extra-node',
      'inlined',
      'hosts do not share it, and it works bundled; what it shares with others matches by id',
    ],
    ['absent-optional', 'absent', 'its import is guarded, and it is not installed'],
    ['only-types', 'none', 'only its types are imported, in @fixture/decisions (src/index.ts)'],
    ['dropped', 'none', 'imported by barrel (index.js), but none of its code is used'],
    ['declared-only', 'none', '@fixture/decisions declares it, but no code of it imports it'],
    ['dev-only', 'none', 'a development dependency of @fixture/decisions; no code that runs imports it'],
    ['unused-by-deep', 'none', 'deep declares it, but none of its code in the bundle imports it'],
    ['@backstage/types', 'none', 'the host provides it, and nothing in the bundle imports it'],
    ['lodash', 'none', 'nothing in the bundle depends on it'],
  ])('%s: %s, %s', async (name, decision, reason) => {
    expect(await explained(name)).toEqual([expect.objectContaining({ name, decision, reason })]);
  });

  it('without a name about every package that the bundle has or imports', async () => {
    const all = await explained('');
    expect(all?.map(({ name, decision }) => `${name} ${decision}`)).toEqual([
      '@backstage/backend-plugin-api shared',
      '@backstage/errors shared',
      '@backstage/plugin-extra-node inlined',
      'absent-optional absent',
      'barrel inlined',
      'deep inlined',
      'left inlined',
      'needs-optional inlined',
      'right inlined',
    ]);
    expect(all?.find(({ name }) => name === 'deep')?.chains).toHaveLength(1);
  });

  it('as text on stdout, progress elsewhere', async () => {
    const { stdout } = await stagedoor(plugin, 'export', '--no-start-check', '--explain=left');
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^left@1\.0\.0 inlined \(\d+ B\): hosts do not share it, and it works bundled$/),
      '  @fixture/decisions@1.0.0',
      '  └ left@1.0.0  (src/words.ts)',
      '',
    ]);
  });

  it('takes no path for a name', async () => {
    const { code, stderr } = await stagedoor(plugin, 'export', '--explain', './elsewhere');
    expect(code).toBe(1);
    expect(stderr).toContain('error USAGE: --explain takes the name of a package; ./elsewhere is a path.');
  });
});

describe('At the root of a workspace', () => {
  it('--explain is refused, since it is about one plugin', async () => {
    const { code, stderr } = await stagedoor(await workspaceOf(2), 'export', '--explain');
    expect(code).toBe(1);
    expect(stderr).toContain('error USAGE: --explain takes a single plugin; this is the root of a workspace.');
  });

  it('an override is for every plugin', async () => {
    const root = await workspaceOf(2);
    const { code, stdout, stderr } = await stagedoor(
      root,
      'export',
      '--no-start-check',
      '--json',
      '--shared',
      '@acme/*',
    );
    expect(code, stderr).toBe(0);
    const { results } = JSON.parse(stdout) as { results: Array<{ result: ExportResult }> };
    for (const { result } of results) expect(Object.keys(result.shared)).toContain('@acme/shop-node');
    expect(results).toHaveLength(2);
  });
});

describe('A package that is not installed from a registry', () => {
  it('is told as source of the workspace', async () => {
    const { plugin } = await installedWorkspace('pnpm-9');
    const { explain } = await exportPlugin({ cwd: plugin, pack: false, startCheck: false, explain: '@fixture/common' });
    expect(explain).toEqual([
      expect.objectContaining({ decision: 'inlined', reason: 'source of the workspace', version: '0.1.0' }),
    ]);
  });

  it('is bundled with what it imports from where it really lies', async () => {
    const { plugin } = await installedWorkspace('pnpm-9');
    const { explain } = await exportPlugin({ cwd: plugin, pack: false, startCheck: false, explain: 'fixture-number' });
    expect(explain?.map(({ version, chains }) => [version, chains[0]?.map(({ name }) => name)])).toEqual([
      ['1.0.0', ['@fixture/plugin-backend', 'fixture-odd', 'fixture-number']],
      ['3.0.0', ['@fixture/plugin-backend', 'fixture-number']],
    ]);
  });
});

describe('A hoisted package', () => {
  it('is explained with the script that imports it', async () => {
    const cwd = await fixturePackage('library-assets');
    const { explain } = await exportPlugin({ cwd, pack: false, startCheck: false, explain: '@fixture/column-types' });
    expect(explain).toEqual([
      {
        name: '@fixture/column-types',
        version: '1.4.0',
        decision: 'hoisted',
        reason: 'imported by migrations/20260102_own.js',
        chains: [
          [
            { name: '@fixture/library-assets', version: '1.0.0' },
            { name: '@fixture/column-types', version: '1.4.0' },
          ],
        ],
      },
    ]);
  });
});

describe('What somebody asks for overrides what would be decided', () => {
  it('--hoist copies a package whole, what it imports with it, and the bundle still starts', async () => {
    const cwd = await fixturePackage('decisions');
    const result = await exportPlugin({
      cwd,
      pack: false,
      startCheck: true,
      overrides: { hoist: ['r*t'] },
      explain: 'deep',
    });
    expect(result.hoisted).toEqual([{ name: 'right', version: '1.0.0', reason: 'asked for with --hoist' }]);
    expect(await readFile(join(result.path, 'node_modules/right/lib/inner.js'), 'utf8')).toContain('deep');
    expect(result.explain?.map(({ decision, reason }) => [decision, reason])).toEqual([
      ['inlined', 'hosts do not share it, and it works bundled'],
      ['hoisted', 'imported by hoisted code'],
    ]);
  });

  it('--inline bundles a shared package', async () => {
    const cwd = await fixturePackage('decisions');
    const overrides = { inline: ['@backstage/errors', '@backstage/types'] };
    const result = await exportPlugin({ cwd, pack: false, startCheck: true, overrides, explain: '@backstage/errors' });
    expect(Object.keys(result.shared)).toEqual(['@backstage/backend-plugin-api']);
    expect(result.explain).toEqual([
      expect.objectContaining({ decision: 'inlined', reason: 'asked for with --inline' }),
    ]);
  });

  it('--inline bundles what would be hoisted', async () => {
    const cwd = await fixturePackage('library-of-surprises');
    const options = { cwd, pack: false, startCheck: false, overrides: { hoist: ['@fixture/finds-itself'] } };
    expect((await exportPlugin(options)).hoisted).toHaveLength(1);
    await expect(
      exportPlugin({ ...options, startCheck: true, overrides: { inline: ['@fixture/finds-itself'] } }),
    ).rejects.toMatchObject({ name: 'StagedoorError' });
  });

  it('--shared leaves a package to the host, with the range that is declared', async () => {
    const cwd = await fixturePackage('decisions');
    const overrides = { shared: ['left'] };
    const result = await exportPlugin({ cwd, pack: false, startCheck: true, overrides, explain: 'left' });
    expect(result.shared).toMatchObject({ left: '^1.0.0' });
    expect(result.explain).toEqual([
      expect.objectContaining({ decision: 'shared', reason: 'asked for with --shared' }),
    ]);
    expect(result.warnings).toContain('--shared left: the bundle loads only in a host that shares left.');
  });

  it('a pattern that matches nothing is an error', async () => {
    const cwd = await fixturePackage('decisions');
    const { code, stderr } = await stagedoor(cwd, 'export', '--no-start-check', '--hoist', 'lefd', '--hoist', 'left');
    expect(code).toBe(1);
    expect(stderr).toContain('error USAGE: --hoist lefd matches no package that @fixture/decisions depends on.');
  });

  it('two that contradict each other are an error', async () => {
    const cwd = await fixturePackage('decisions');
    const overrides = { inline: ['@backstage/*'], shared: ['@backstage/errors'] };
    await expect(exportPlugin({ cwd, pack: false, startCheck: false, overrides })).rejects.toMatchObject({
      code: 'USAGE',
      message: '--shared and --inline both match @backstage/errors.',
    });
  });

  it('source of the workspace cannot be hoisted', async () => {
    const { plugin } = await installedWorkspace('npm-3');
    const overrides = { hoist: ['@fixture/common'] };
    await expect(exportPlugin({ cwd: plugin, pack: false, startCheck: false, overrides })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('--hoist matches @fixture/common, which is source in') as string,
    });
  });
});
