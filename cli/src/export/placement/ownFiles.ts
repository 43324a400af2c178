import { existsSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import type { InlinedPackage } from '../bundle/bundleContents';
import { runtimeFiles } from '../hoist/packageFiles';
import { neededDependencies } from '../hoist/productionDependencies';
import { embeddedPath, type Decision, type Reason } from '../plan/decisions';
import type { ExportContext } from '../plan/exportContext';
import { isInstalled, type InstalledPackage } from '../source/installedPackage';
import { assetsAt, codeAt } from './assetFiles';
import { unbundledCode } from './codeByName';
import type { InspectedBuild, InspectedModule } from './rule';

/** What a module reaches from where it lies. */
interface OwnFileUse {
  reason: Reason;
  /** More than can be listed: any file of its package. */
  whole: boolean;
  /** Files that it runs or requires by path, absolute. */
  code: string[];
  /** Files that it reads, absolute. */
  data: string[];
}

/**
 * Modules that use files of their package by where they lie. Source of the plugin and of workspace packages, and code
 * that only reads data, gets the place of its files in the bundle; any other installed package keeps its folder.
 */
export async function* ownFiles(build: InspectedBuild, context: ExportContext): AsyncIterable<Decision> {
  const { plan, decisions } = context;
  const modules = await build.modules();
  for (const module of modules) {
    const use = decisions.relocated.has(module.file) ? undefined : ownFileUse(module);
    if (!use) continue;
    const own = module.owner.dir === plan.dir;
    if (own || !isInstalled(module.owner.dir)) yield* ofSource(module, use, own);
    else yield* await ofInstalled(module, use, build, modules, context);
  }
}

function ownFileUse({ file, owner, facts }: InspectedModule): OwnFileUse | undefined {
  const use: OwnFileUse = { reason: reasonOf(''), whole: facts.anywhere, code: [], data: [] };
  if (facts.anywhere) use.reason = reasonOf('finds files beside its own code');
  for (const path of facts.paths) {
    const code = codeAt(path);
    if (code === undefined && !existsSync(path)) continue;
    if (!use.reason.text) use.reason = reasonOf(`reads its own ${posix.normalize(relative(join(file, '..'), path))}`);
    const data = code ? undefined : assetsAt(path, owner.dir);
    if (code) use.code.push(code);
    else if (data) use.data.push(...data);
    else use.whole = true;
  }
  if (facts.resolves && !use.reason.text) use.reason = reasonOf('resolves modules by itself');
  return use.reason.text ? use : undefined;
}

function* ofSource({ file, owner }: InspectedModule, use: OwnFileUse, own: boolean): Iterable<Decision> {
  const { reason } = use;
  if (!own) yield { kind: 'embed', package: owner, reason };
  for (const script of use.code) yield { kind: 'script', path: scriptPath(script, owner, own), file: script, reason };
  yield { kind: 'relocate', file, package: owner, reason };
}

async function ofInstalled(
  { file, owner, facts }: InspectedModule,
  use: OwnFileUse,
  build: InspectedBuild,
  modules: readonly InspectedModule[],
  context: ExportContext,
): Promise<Decision[]> {
  const inlined = build.contents.inlined.get(owner.dir);
  if (!inlined) return [];
  const { reason } = use;
  const onlyData = use.code.length === 0 && !facts.resolves;
  const data = !onlyData ? undefined : use.whole ? await dataBesideCode(inlined, modules, context) : use.data;
  if (!data) {
    const files = [...inlined.files, ...use.code];
    return [{ kind: 'hoist', package: owner, files, whole: use.whole, reason }];
  }
  return [
    { kind: 'carry', package: owner, files: data, reason },
    { kind: 'relocate', file, package: owner, reason },
  ];
}

function reasonOf(text: string): Reason {
  return { code: 'own-files', text };
}

/** Where a script of the plugin or of a workspace package lies in the bundle, under the name it has once compiled. */
function scriptPath(file: string, owner: InstalledPackage, own: boolean): string {
  const path = relative(owner.dir, file)
    .split(sep)
    .join('/')
    .replace(/\.([cm]?)ts$/, '.$1js');
  return own ? path : `${embeddedPath(owner.name)}/${path}`;
}

/**
 * Every file of a package that is not bundled; undefined where some of them are code that may run: started by the package
 * itself, or by a package that it passes their place to, which then needs the dependencies as well.
 */
async function dataBesideCode(
  entry: InlinedPackage,
  modules: readonly InspectedModule[],
  context: ExportContext,
): Promise<string[] | undefined> {
  const { package: pkg, files } = entry;
  const known = modules.filter(({ owner }) => owner.dir === pkg.dir).map(({ facts }) => facts);
  const runs = known.some(({ starts, resolves, computed }) => starts || resolves || computed !== undefined);
  const mayRun = runs || neededDependencies(pkg, context).length > 0;
  if (mayRun && (await unbundledCode(entry)).length > 0) return undefined;
  const bundled = new Set(files);
  const used = files.map((file) => relative(pkg.dir, file));
  return (await runtimeFiles(pkg, used, known)).map((path) => join(pkg.dir, path)).filter((file) => !bundled.has(file));
}
