import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const PACKAGE_MANAGERS = ['npm', 'yarn', 'pnpm'] as const;
export type PackageManager = (typeof PACKAGE_MANAGERS)[number];

const LOCKFILES = { 'pnpm-lock.yaml': 'pnpm', 'yarn.lock': 'yarn', 'package-lock.json': 'npm' } as const;

/** The package manager of a workspace: what its package.json names, or wrote its lockfile, or its own file is there of. */
export async function managerOfWorkspace(root: string): Promise<PackageManager> {
  const text = await readFile(join(root, 'package.json'), 'utf8').catch(() => '{}');
  const { packageManager } = JSON.parse(text) as { packageManager?: unknown };
  const named = typeof packageManager === 'string' ? managerNamed(packageManager.split('@')[0]) : undefined;
  if (named) return named;
  for (const [file, manager] of Object.entries(LOCKFILES)) if (existsSync(join(root, file))) return manager;
  return existsSync(join(root, 'pnpm-workspace.yaml')) ? 'pnpm' : 'npm';
}

/** The package manager that started this process, as it says in `npm_config_user_agent` (`yarn/4.6.0 npm/? …`). */
export function managerThatRuns(env: NodeJS.ProcessEnv): PackageManager {
  return managerNamed(env.npm_config_user_agent?.split('/')[0]) ?? 'npm';
}

/** How a script of package.json is run; with npm, arguments for it follow after `--`. */
export function runCommand(manager: PackageManager, script: string): string {
  return manager === 'npm' ? `npm run ${script}` : `${manager} ${script}`;
}

function managerNamed(name: string | undefined): PackageManager | undefined {
  return PACKAGE_MANAGERS.find((manager) => manager === name);
}
