import { dirname } from 'node:path';
import type { BuildFailure } from 'esbuild';
import { findPackageDir, readPackageJson } from '@stagedoor/bundle';
import { unresolvedPackages } from '../bundle/esbuild/buildFailure';
import type { Decision } from '../plan/decisions';
import { findEntries } from '../plan/entries';
import type { ExportContext } from '../plan/exportContext';
import { isInstalled, packageOfImport } from '../source/installedPackage';

/**
 * Takes packages of the workspace that a failed build did not find from their source: their package.json names a build
 * that was never made.
 */
export async function unbuiltSources(failure: BuildFailure, { plan, decisions }: ExportContext): Promise<Decision[]> {
  const found: Decision[] = [];
  for (const { specifier, importer } of unresolvedPackages(failure, plan.workspace.root) ?? []) {
    const file = decisions.sources.has(specifier) ? undefined : await sourceOf(specifier, importer);
    if (file === undefined) continue;
    const reason = { code: 'unbuilt-source', text: 'its package.json names a build that was never made' } as const;
    found.push({ kind: 'source', specifier, file, reason });
  }
  return found;
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
