import type { Home } from './home';
import type { CreateOptions } from './options';
import type { PackageManager } from './packageManager';
import { rangesOf } from './ranges';

const ROLES = { 'backend-plugin': 'backend-plugin', 'backend-module': 'backend-plugin-module' } as const;

const DEPENDENCIES = {
  'backend-plugin': ['@backstage/backend-plugin-api', 'express', 'express-promise-router'],
  'backend-module': ['@backstage/backend-plugin-api', 'express'],
};
const DEV_DEPENDENCIES = [
  '@backstage/backend-test-utils',
  '@stagedoor/cli',
  '@types/express',
  '@types/node',
  'typescript',
  'vitest',
];

/** The text of the package.json of a new package. */
export function packageJsonText(
  { kind, id, cli }: CreateOptions,
  { description, home, manager }: { description: string; home: Home; manager: PackageManager },
): string {
  const ranges = (names: readonly string[]): Record<string, string> =>
    rangesOf(names, home.members, { dir: home.dir, cli });
  const manifest = {
    name: home.name,
    version: '0.1.0',
    description,
    ...(home.workspace && { private: true }),
    main: 'src/index.ts',
    types: 'src/index.ts',
    backstage: { role: ROLES[kind], pluginId: id },
    files: ['dist', 'config.d.ts'],
    configSchema: 'config.d.ts',
    scripts: {
      dev: 'stagedoor dev',
      doctor: 'stagedoor doctor',
      'export-dynamic': 'export-dynamic',
      test: 'vitest run',
      types: 'tsc --noEmit',
    },
    dependencies: ranges(DEPENDENCIES[kind]),
    devDependencies: ranges(DEV_DEPENDENCIES),
    // Yarn runs no install script that is not allowed to, and the SQLite driver of the test host has one.
    ...(manager === 'yarn' && !home.workspace && { dependenciesMeta: { 'better-sqlite3': { built: true } } }),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
