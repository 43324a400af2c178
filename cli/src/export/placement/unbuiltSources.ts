import { dirname } from 'node:path';
import type { BuildFailure } from 'esbuild';
import { findPackageDir, readPackageJson } from '@stagedoor/bundle';
import { unresolvedPackages } from '../bundle/buildFailure';
import type { Decisions } from '../plan/decisions';
import { findEntries } from '../plan/entries';
import { isInstalled, packageOfImport } from '../source/installedPackage';
import type { Plan } from '../plan/plan';

/**
 * Takes packages of the workspace that a failed build did not find from their source: their package.json names a build
 * that was never made. Returns false where that settles nothing.
 */
export async function useSources(failure: BuildFailure, plan: Plan, decisions: Decisions): Promise<boolean> {
  let changed = false;
  for (const { specifier, importer } of unresolvedPackages(failure, plan) ?? []) {
    const file = await sourceOf(specifier, importer);
    if (file === undefined || decisions.sources.has(specifier)) continue;
    decisions.sources.set(specifier, file);
    changed = true;
  }
  return changed;
}

async function sourceOf(specifier: string, importer: string): Promise<string | undefined> {
  const name = packageOfImport(specifier);
  const dir = findPackageDir(name, dirname(importer));
  if (!dir || isInstalled(dir)) return undefined;
  const wanted = specifier === name ? 'index' : specifier.slice(name.length + 1);
  const pkg = await readPackageJson(dir);
  try {
    return findEntries(dir, pkg).find((entry) => entry.name === wanted)?.file;
  } catch {
    // The import stays what it was: one that leads nowhere.
    return undefined;
  }
}
