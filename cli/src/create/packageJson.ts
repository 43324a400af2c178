import type { Home } from './home';
import type { CreateOptions, PackageKind } from './options';
import type { PackageManager } from './packageManager';
import { rangesOf } from './ranges';

interface Ingredients {
  role: string;
  dependencies: string[];
  peerDependencies: Record<string, string>;
  devDependencies: string[];
}

const COMMON = ['@stagedoor/cli', 'typescript', 'vitest'];
const BACKEND = ['@backstage/backend-test-utils', '@types/express', '@types/node', ...COMMON];
const INGREDIENTS: Record<PackageKind, Ingredients> = {
  'backend-plugin': {
    role: 'backend-plugin',
    dependencies: ['@backstage/backend-plugin-api', 'express', 'express-promise-router'],
    peerDependencies: {},
    devDependencies: BACKEND,
  },
  'backend-module': {
    role: 'backend-plugin-module',
    dependencies: ['@backstage/backend-plugin-api', 'express'],
    peerDependencies: {},
    devDependencies: BACKEND,
  },
  'frontend-plugin': {
    role: 'frontend-plugin',
    dependencies: ['@backstage/frontend-plugin-api', '@backstage/ui'],
    peerDependencies: { react: '^18.0.0' },
    devDependencies: [
      '@backstage/config',
      '@backstage/core-app-api',
      '@testing-library/dom',
      '@testing-library/react',
      '@types/react',
      '@types/react-dom',
      'happy-dom',
      'react',
      'react-dom',
      'react-router-dom',
      ...COMMON,
    ],
  },
};
/** What each package can do by itself. */
const SCRIPTS = {
  dev: 'stagedoor dev',
  doctor: 'stagedoor doctor',
  'export-dynamic': 'export-dynamic',
  test: 'vitest run',
  types: 'tsc --noEmit',
};
/** What a workspace itself depends on is what all of its members get; npm may hoist another React otherwise. */
const ONE_REACT = ['react', 'react-dom'];
/** Yarn runs no install script that is not allowed to, and the SQLite driver of the test host has one. */
const YARN_BUILDS = { dependenciesMeta: { 'better-sqlite3': { built: true } } };

/** The text of the package.json of a new package; `member` of a workspace that create or the user made. */
export function packageJsonText(
  { id, cli }: CreateOptions,
  { kind, description, home, manager, member }: PackageFacts,
): string {
  const { role, dependencies, peerDependencies, devDependencies } = INGREDIENTS[kind];
  const ranges = (names: readonly string[]): Record<string, string> =>
    rangesOf(names, home.members, { dir: home.dir, cli });
  return toText({
    name: home.name,
    version: '0.1.0',
    description,
    ...(member && { private: true }),
    main: 'src/index.ts',
    types: 'src/index.ts',
    backstage: { role, pluginId: id },
    files: ['dist', 'config.d.ts'],
    configSchema: 'config.d.ts',
    scripts: SCRIPTS,
    dependencies: ranges(dependencies),
    ...(Object.keys(peerDependencies).length > 0 && { peerDependencies }),
    devDependencies: ranges(devDependencies),
    ...(manager === 'yarn' && !member && kind !== 'frontend-plugin' && YARN_BUILDS),
  });
}

/** What one package is. */
export interface PackageFacts {
  kind: PackageKind;
  description: string;
  home: Home;
  manager: PackageManager;
  member: boolean;
}

/** A workspace that is made for a pair. */
export interface WorkspaceFacts {
  /** Absolute. */
  dir: string;
  name: string;
  /** Of the folders that are its members. */
  patterns: readonly string[];
  manager: PackageManager;
}

/** The text of the package.json of a workspace that is made for a pair. */
export function workspaceJsonText({ cli }: CreateOptions, { dir, name, patterns, manager }: WorkspaceFacts): string {
  return toText({
    name,
    version: '0.1.0',
    private: true,
    workspaces: patterns,
    scripts: {
      dev: 'stagedoor dev',
      doctor: inAll(manager, 'doctor', name),
      'export-dynamic': 'stagedoor export',
      test: inAll(manager, 'test', name),
      types: inAll(manager, 'types', name),
    },
    devDependencies: rangesOf(['@stagedoor/cli', ...ONE_REACT], [], { dir, cli }),
    ...(manager === 'yarn' && YARN_BUILDS),
  });
}

/** How a script is run in every member of the workspace called `root`. */
function inAll(manager: PackageManager, script: string, root: string): string {
  switch (manager) {
    case 'npm':
      return `npm run ${script} --workspaces`;
    case 'pnpm':
      return `pnpm --recursive run ${script}`;
    case 'yarn':
      return `yarn workspaces foreach --all --exclude ${root} run ${script}`;
  }
}

function toText(manifest: object): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
