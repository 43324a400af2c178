import { SBOM_FILE } from '@stagedoor/bundle';
import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from '../../../support/repository';
import { tempDir } from '../../../support/tempDir';
import { exportUnverified } from './lockfileSupport';
import { writeFiles } from '../../workspace/workspaceSupport';

const PLUGINS = {
  backend: `
    import { createBackendPlugin } from '@backstage/backend-plugin-api';
    import { greeting } from '@acme/barrel';
    export default createBackendPlugin({
      pluginId: 'shop',
      register(env) { env.registerInit({ deps: {}, async init() { console.log(greeting); } }); },
    });`,
  // What it imports is under test: it takes nothing of a framework.
  frontend: `
    import { greeting } from '@acme/barrel';
    export default { $$type: '@backstage/FrontendPlugin', version: 'v1', pluginId: 'shop', title: greeting };`,
};

/** A package of what is installed; `sideEffects: false` lets a bundler skip files that only hand on. */
const library = (name: string, version: string, source: string, dependencies = {}) => ({
  'package.json': { name, version, type: 'module', main: 'index.js', sideEffects: false, license: 'MIT', dependencies },
  'index.js': source,
});

const below = (folder: string, files: object) =>
  Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content as string | object]));

const INNER = (version: string) => library('@acme/inner', version, `export const greeting = 'from ${version}';\n`);

/**
 * A Yarn workspace with a plugin that imports `@acme/barrel`, which hands on what `@acme/middle` hands on of `@acme/inner` 2. There is another
 * `@acme/inner`, which the plugin declares.
 */
async function workspace(kind: keyof typeof PLUGINS, installed = '2.0.0'): Promise<{ root: string; plugin: string }> {
  const root = await tempDir();
  const dependencies = { '@backstage/backend-plugin-api': '^1.0.0', '@acme/barrel': '^1.0.0', '@acme/inner': '^1.0.0' };
  const entry = (name: string, wanted: string, version: string, dependency = '') =>
    `"${name}@npm:${wanted}":\n  version: ${version}\n  resolution: "${name}@npm:${version}"\n${dependency}  languageName: node\n  linkType: hard\n`;
  const lock = [
    '__metadata:\n  version: 8\n  cacheKey: 10c0\n',
    entry('@acme/barrel', '^1.0.0', '1.0.0', '  dependencies:\n    "@acme/middle": "npm:^1.0.0"\n'),
    entry('@acme/middle', '^1.0.0', '1.0.0', '  dependencies:\n    "@acme/inner": "npm:^2.0.0"\n'),
    entry('@acme/inner', '^1.0.0', '1.0.0'),
    entry('@acme/inner', '^2.0.0', '2.0.0'),
  ];
  await writeFiles(root, {
    'package.json': { name: 'root', private: true, workspaces: ['plugins/*'] },
    'yarn.lock': lock.join('\n'),
    'plugins/shop/package.json': {
      name: `@acme/shop`,
      version: '1.0.0',
      main: 'src/index.ts',
      backstage: { role: `${kind}-plugin`, pluginId: 'shop' },
      license: 'MIT',
      dependencies,
    },
    'plugins/shop/src/index.ts': PLUGINS[kind],
    ...below(
      'node_modules/@acme/barrel',
      library('@acme/barrel', '1.0.0', `export { greeting } from '@acme/middle';\n`, { '@acme/middle': '^1.0.0' }),
    ),
    ...below(
      'node_modules/@acme/middle',
      library('@acme/middle', '1.0.0', `export * from '@acme/inner';\n`, { '@acme/inner': '^2.0.0' }),
    ),
    ...below('node_modules/@acme/middle/node_modules/@acme/inner', INNER(installed)),
    ...below('node_modules/@acme/inner', INNER('1.0.0')),
  });
  // Shared with the portal: nothing of it is in a bundle.
  await symlink(join(repository, 'node_modules/@backstage'), join(root, 'node_modules/@backstage'));
  return { root, plugin: join(root, 'plugins/shop') };
}

describe.each(['backend', 'frontend'] as const)('The bundle of a %s plugin', (kind) => {
  it('is what the lockfile says where packages hand on what others export', async () => {
    const made = await workspace(kind);
    expect(await exportUnverified(made)).toBeUndefined();
    const sbom = await readFile(join(made.plugin, 'dist-dynamic', SBOM_FILE), 'utf8');
    const { components } = JSON.parse(sbom) as { components: Array<{ name: string; version: string }> };
    expect(components.find(({ name }) => name === 'inner')!.version).toBe('2.0.0');
  });

  it('is refused where such a package is installed in another version', async () => {
    const error = await exportUnverified(await workspace(kind, '2.5.0'));
    expect(error).toMatchObject({
      code: 'LOCKFILE_MISMATCH',
      message: expect.stringMatching(
        /@acme\/inner 2\.5\.0 is installed, yarn\.lock says 2\.0\.0; @acme\/(shop|barrel) imports it/,
      ),
    });
    expect(error!.message).not.toContain('@acme/barrel (');
  });
});
