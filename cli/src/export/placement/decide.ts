import { join, relative, sep } from 'node:path';
import type { BuildFailure } from 'esbuild';
import { assetPackages } from './assets';
import { unresolvedPackages } from '../bundle/buildFailure';
import { excludeAsync, excludeAsyncImporters } from './asyncModules';
import type { Output } from '../bundle/bundlePlugin';
import { computedRequires } from './computedRequires';
import type { Contents, InlinedPackage } from '../bundle/bundleContents';
import type { Decisions } from '../plan/decisions';
import { embeddedPath } from '../bundle/esbuild/packagePathShim';
import { isInstalled, packageOfImport, type InstalledPackage, type PackageFinder } from '../source/installedPackage';
import { outputModules, type OutputModule } from '../bundle/outputModules';
import { nativePackages } from './nativeAddons';
import { loadsCode, ownFileUse, type OwnFileUse } from './ownFiles';
import { runtimeFiles } from '../hoist/packageFiles';
import type { Plan } from '../plan/plan';
import { addRuntimeEntries } from './runtimeEntries';

/**
 * Leaves out what a failed build did not find, where the importer itself calls it optional, and hoists what uses
 * top-level await. Returns false when something that is needed is missing, or when the build failed for another reason.
 */
export function excludeAbsent(failure: BuildFailure, plan: Plan, finder: PackageFinder, decisions: Decisions): boolean {
  const unresolved = unresolvedPackages(failure, plan);
  if (!unresolved) return excludeAsync(failure, plan, finder, decisions);
  for (const { specifier, importer } of unresolved) {
    const name = packageOfImport(specifier);
    const owner = finder.ofFile(importer);
    if (!owner || owner.dir === plan.dir || requires(owner, name)) return false;
    decisions.absent.set(name, `optional for ${owner.name} and not installed`);
  }
  return true;
}

/**
 * Hoists the inlined packages that break when bundled, and embeds the asset files that bundled code asks for.
 * Returns true when that calls for another build.
 */
export async function excludeUnbundlable(
  plan: Plan,
  output: Output,
  contents: Contents,
  finder: PackageFinder,
  decisions: Decisions,
): Promise<boolean> {
  let changed = false;
  for (const pkg of nativePackages(plan, output.inputs, contents, finder)) {
    changed = decisions.hoist(pkg, { reason: 'loads a native addon', whole: true }) || changed;
  }
  // What only an addon's package needs is gone in the next round.
  if (changed) return true;
  if (excludeAsyncImporters(plan, output, finder, decisions)) return true;
  const modules = outputModules(plan, output, finder);
  for (const { inlined, files } of computedRequires(contents, modules)) {
    const all = { ...inlined, files: [...inlined.files, ...files] };
    changed = decisions.hoist(all, { reason: 'requires what it computes', whole: true }) || changed;
  }
  for (const module of modules) {
    const use = ownFileUse(module);
    if (use) changed = (await settle(plan, module, use, modules, contents, decisions)) || changed;
  }
  for (const pkg of assetPackages(plan, contents, modules, finder)) {
    if (decisions.embedded.has(pkg.name) || decisions.hoisted.has(pkg.dir)) continue;
    decisions.embedded.set(pkg.name, pkg);
    changed = true;
  }
  if (!changed) addRuntimeEntries(output, decisions);
  return changed;
}

/**
 * Source of the plugin and of workspace packages, and code that only reads data, is told where its files went; any other
 * installed package keeps its folder. Returns true when that calls for another build.
 */
async function settle(
  plan: Plan,
  { file, owner }: OutputModule,
  use: OwnFileUse,
  modules: OutputModule[],
  contents: Contents,
  decisions: Decisions,
): Promise<boolean> {
  if (decisions.relocated.has(file)) return false;
  const own = owner.dir === plan.dir;
  const inlined = contents.inlined.get(owner.dir);
  if (!own && isInstalled(owner.dir)) {
    if (!inlined) return false;
    const assets = use.assets ?? (use.whole ? await filesBesideCode(inlined, modules) : undefined);
    if (!assets) return decisions.hoist({ ...inlined, files: [...inlined.files, ...use.code] }, use);
    decisions.carry(owner, assets);
    decisions.relocated.set(file, owner);
    return false;
  }
  const before = decisions.embedded.size + decisions.scripts.size;
  if (!own) decisions.embedded.set(owner.name, owner);
  for (const script of use.code) decisions.scripts.set(scriptPath(script, owner, own), script);
  decisions.relocated.set(file, owner);
  return decisions.embedded.size + decisions.scripts.size > before;
}

/** Where a script of the plugin or of a workspace package lies in the bundle, under the name it has once compiled. */
function scriptPath(file: string, owner: InstalledPackage, own: boolean): string {
  const path = relative(owner.dir, file)
    .split(sep)
    .join('/')
    .replace(/\.([cm]?)ts$/, '.$1js');
  return own ? path : `${embeddedPath(owner.name)}/${path}`;
}

/** Every file of a package that is not bundled; undefined where its code may run some of them. */
async function filesBesideCode(
  { package: pkg, files }: InlinedPackage,
  modules: OutputModule[],
): Promise<string[] | undefined> {
  if (modules.some((module) => module.owner.dir === pkg.dir && loadsCode(module))) return undefined;
  const bundled = new Set(files);
  const used = files.map((file) => relative(pkg.dir, file));
  return (await runtimeFiles(pkg, used)).map((path) => join(pkg.dir, path)).filter((file) => !bundled.has(file));
}

/** True when the package cannot do without `name`. Undeclared imports are those of optional peers before peersMeta. */
function requires({ manifest }: InstalledPackage, name: string): boolean {
  if (manifest.optionalDependencies?.[name] !== undefined) return false;
  if (manifest.dependencies?.[name] !== undefined) return true;
  return manifest.peerDependencies?.[name] !== undefined && manifest.peerDependenciesMeta?.[name]?.optional !== true;
}
