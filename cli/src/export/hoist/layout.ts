import { copyPlainFile } from '@stagedoor/bundle';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Build } from '../bundle/bundleContents';
import type { Decisions, Hoisted } from '../plan/decisions';
import { isForeignPrebuild } from './packageFiles';
import type { TracedPackage } from './trace';

/** A node_modules tree for a bundle: the package that lies at each bundle path. */
export type HoistLayout = Map<string, TracedPackage>;

/** A build with what is hoisted for it. */
export interface HoistedBuild {
  build: Build;
  /** The hoisted packages that the output imports. */
  roots: readonly Hoisted[];
  layout: HoistLayout;
}

/** The hoisted packages that a build imports: one that was hoisted first may be reached only through another one by now. */
export function importedHoists({ contents }: Build, decisions: Decisions): Hoisted[] {
  return [...decisions.hoisted.values()].filter(({ as }) => contents.imports.has(as));
}

/**
 * Lays out hoisted packages and what they import as Node resolves them: at the top where the name is free, below the
 * package that needs it where another version has the name.
 */
export function layOutHoisted(roots: readonly Hoisted[], traced: ReadonlyMap<string, TracedPackage>): HoistLayout {
  const layout: HoistLayout = new Map();
  const queue: string[] = [];
  const place = (path: string, dir: string): void => {
    layout.set(path, traced.get(dir)!);
    queue.push(path);
  };
  for (const { as, package: pkg } of [...roots].sort((a, b) => (a.as < b.as ? -1 : 1))) {
    place(`node_modules/${as}`, pkg.dir);
  }
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    for (const [name, dir] of [...layout.get(path)!.imports].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const visible = resolveIn(layout, path, name)?.dir;
      if (visible === undefined) place(`node_modules/${name}`, dir);
      else if (visible !== dir) place(`${path}/node_modules/${name}`, dir);
    }
  }
  return layout;
}

/** Copies the packages of a layout into the bundle; true when native code is among them. */
export async function copyHoisted(layout: HoistLayout, bundleDir: string): Promise<boolean> {
  let native = false;
  for (const [path, pkg] of layout) {
    const files = new Set([...pkg.files, ...(await legalFiles(pkg.dir))]);
    for (const file of [...files].filter((name) => !isForeignPrebuild(name))) {
      const target = join(bundleDir, path, file);
      await mkdir(dirname(target), { recursive: true });
      await copyPlainFile(join(pkg.dir, file), target);
      native ||= file.endsWith('.node');
    }
  }
  return native;
}

/** Versions of the packages at the top of a layout, by folder name, sorted. */
export function topLevelVersions(layout: HoistLayout): Record<string, string> {
  const top = [...layout].filter(([path]) => path.lastIndexOf('node_modules/') === 0);
  return Object.fromEntries(
    top
      .map(([path, { version }]) => [path.slice('node_modules/'.length), version] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function resolveIn(layout: HoistLayout, from: string, name: string): TracedPackage | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(at.lastIndexOf('/node_modules/'), 0))) {
    const found = layout.get(at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`);
    if (found !== undefined || at === '') return found;
  }
}

/** What stays with every copy: the package's identity and its terms. */
async function legalFiles(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return names.filter((name) => name === 'package.json' || /^(licen[cs]e|notice|copying)/i.test(name));
}
