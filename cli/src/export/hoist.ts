import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { StagedoorError, findPackageDir } from '@stagedoor/bundle';
import type { Decisions } from './decisions';
import type { InstalledManifest, PackageFinder } from './installedPackage';
import type { Plan } from './plan';
import { installCommand } from './workspace';

/** A node_modules tree for a bundle: the folder that each bundle path is copied from. */
export type HoistLayout = Map<string, string>;

/**
 * Lays out the hoisted packages and their dependencies as Node resolves them: at the top where the name is free,
 * below the package that needs it where another version has the name. Throws DEPENDENCY_NOT_INSTALLED.
 */
export function layOutHoisted(plan: Plan, decisions: Decisions, finder: PackageFinder): HoistLayout {
  const layout: HoistLayout = new Map();
  const queue: string[] = [];
  const place = (path: string, dir: string): void => {
    layout.set(path, dir);
    queue.push(path);
  };
  for (const { as, package: pkg } of [...decisions.hoisted.values()].sort((a, b) => (a.as < b.as ? -1 : 1))) {
    place(`node_modules/${as}`, pkg.dir);
  }
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    const owner = finder.ofDir(layout.get(path)!)!;
    for (const [name, required] of runtimeDependencies(owner.manifest)) {
      if (plan.shared.has(name)) continue;
      const dir = findPackageDir(name, owner.dir);
      if (!dir) {
        if (!required) continue;
        throw new StagedoorError('DEPENDENCY_NOT_INSTALLED', `${name} is not installed; ${owner.name} needs it.`, {
          hint: `Run \`${installCommand(plan.workspace)}\` in ${plan.workspace.root}, then export again.`,
        });
      }
      const visible = resolveIn(layout, path, name);
      if (visible === undefined) place(`node_modules/${name}`, dir);
      else if (visible !== dir) place(`${path}/node_modules/${name}`, dir);
    }
  }
  return layout;
}

/** Copies the packages of a layout into the bundle; true when native code is among them. */
export async function copyHoisted(layout: HoistLayout, bundleDir: string): Promise<boolean> {
  let native = false;
  for (const [path, dir] of layout) {
    await cp(dir, join(bundleDir, path), {
      recursive: true,
      dereference: true,
      filter: (source) => {
        if (!isRuntimeFile(source.slice(dir.length))) return false;
        native ||= source.endsWith('.node');
        return true;
      },
    });
  }
  return native;
}

/** Versions of the packages at the top of a layout, by folder name, sorted. */
export function topLevelVersions(layout: HoistLayout, finder: PackageFinder): Record<string, string> {
  const top = [...layout].filter(([path]) => path.lastIndexOf('node_modules/') === 0);
  return Object.fromEntries(
    top
      .map(([path, dir]) => [path.slice('node_modules/'.length), finder.ofDir(dir)!.version] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function runtimeDependencies(manifest: InstalledManifest): Array<[name: string, required: boolean]> {
  const optional = manifest.optionalDependencies ?? {};
  const all = [
    ...Object.keys(manifest.dependencies ?? {}).map((name) => [name, !(name in optional)] as [string, boolean]),
    ...Object.keys(optional).map((name) => [name, false] as [string, boolean]),
    ...Object.keys(manifest.peerDependencies ?? {}).map((name) => [name, false] as [string, boolean]),
  ];
  return all.filter(([name]) => !name.startsWith('@types/')).sort(([a], [b]) => (a < b ? -1 : 1));
}

function resolveIn(layout: HoistLayout, from: string, name: string): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(at.lastIndexOf('/node_modules/'), 0))) {
    const dir = layout.get(at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`);
    if (dir !== undefined || at === '') return dir;
  }
}

/** Types, maps and the sources of native code are not read at run time; nested packages have places of their own. */
function isRuntimeFile(path: string): boolean {
  if (/[\\/](node_modules|\.git|obj\.target|\.deps)([\\/]|$)/.test(path)) return false;
  return !/\.(map|d\.[cm]?ts|tsbuildinfo|gypi?|cc?|cpp|cxx|hh?|hpp|o|a|mk|vcxproj|md)$/i.test(path);
}
