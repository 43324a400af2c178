import { join, relative, sep } from 'node:path';
import type { InlinedPackage } from '../bundle/bundleContents';
import type { OutputModule } from '../bundle/outputModules';
import { runtimeFiles } from '../hoist/packageFiles';
import { embeddedPath, type Decision, type Reason } from '../plan/decisions';
import type { ExportContext } from '../plan/exportContext';
import { isInstalled, type InstalledPackage } from '../source/installedPackage';
import { loadsCode, ownFileUse, type OwnFileUse } from './ownFileUse';
import type { InspectedBuild } from './rule';

/**
 * Modules that use files of their package by where they lie. Source of the plugin and of workspace packages, and code
 * that only reads data, is told where its files are in the bundle; any other installed package keeps its folder.
 */
export async function* ownFiles(build: InspectedBuild, { plan, decisions }: ExportContext): AsyncIterable<Decision> {
  for (const module of build.modules) {
    const use = ownFileUse(module);
    if (!use || decisions.relocated.has(module.file)) continue;
    const own = module.owner.dir === plan.dir;
    if (own || !isInstalled(module.owner.dir)) yield* ofSource(module, use, own);
    else yield* await ofInstalled(module, use, build);
  }
}

function* ofSource({ file, owner }: OutputModule, use: OwnFileUse, own: boolean): Iterable<Decision> {
  const reason = reasonOf(use);
  if (!own) yield { kind: 'embed', package: owner, reason };
  for (const script of use.code) yield { kind: 'script', path: scriptPath(script, owner, own), file: script, reason };
  yield { kind: 'relocate', file, package: owner, reason };
}

async function ofInstalled({ file, owner }: OutputModule, use: OwnFileUse, build: InspectedBuild): Promise<Decision[]> {
  const inlined = build.contents.inlined.get(owner.dir);
  if (!inlined) return [];
  const reason = reasonOf(use);
  const assets = use.assets ?? (use.whole ? await filesBesideCode(inlined, build.modules) : undefined);
  if (!assets) {
    return [{ kind: 'hoist', package: owner, files: [...inlined.files, ...use.code], whole: use.whole, reason }];
  }
  return [
    { kind: 'carry', package: owner, files: assets, reason },
    { kind: 'relocate', file, package: owner, reason },
  ];
}

function reasonOf({ reason }: OwnFileUse): Reason {
  return { code: 'own-files', text: reason };
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
  modules: readonly OutputModule[],
): Promise<string[] | undefined> {
  if (modules.some((module) => module.owner.dir === pkg.dir && loadsCode(module))) return undefined;
  const bundled = new Set(files);
  const used = files.map((file) => relative(pkg.dir, file));
  return (await runtimeFiles(pkg, used)).map((path) => join(pkg.dir, path)).filter((file) => !bundled.has(file));
}
