import type { PackageManager } from './packageManager';

const YARN = `# Bundles are made of files: Plug'n'Play keeps packages in archives.
nodeLinker: node-modules
`;
const PNPM = `# The SQLite driver of the test host is compiled or downloaded when it is installed.
allowBuilds:
  better-sqlite3: true
  esbuild: true
onlyBuiltDependencies: [better-sqlite3, esbuild]
`;

/**
 * Settings that a package manager needs where what is made is a workspace of its own, with members that fit `patterns` or none: text
 * by file name.
 */
export function ownWorkspaceFiles(manager: PackageManager, patterns: readonly string[] = []): Array<[string, string]> {
  if (manager === 'yarn') {
    return [
      ['.yarnrc.yml', YARN],
      ['yarn.lock', ''],
    ];
  }
  if (manager === 'npm') return [];
  const packages = patterns.length > 0 ? `packages: ${JSON.stringify(patterns)}\n` : '';
  return [['pnpm-workspace.yaml', packages + PNPM]];
}
