import { realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { isInside } from '@stagedoor/bundle';
import type { NodeFileTraceResult } from '@vercel/nft';
import type { Hoisted } from '../plan/decisions';
import { withPlainPath } from './plainPath';
import type { ExportContext } from '../plan/exportContext';

/** Where a whole folder is followed, Node.js still runs no TypeScript of a package and reads no maps. */
const SOURCE = /\.([cm]?tsx?|map)$/;

/** Conditions of `exports` that hold in any Node.js, and one that holds where ES modules can be required. */
const CONDITIONS = [['node'], ['node', 'module-sync']];

/** A package that hoisted code reaches. */
export interface TracedPackage {
  dir: string;
  version: string;
  /** Its files that are reached, relative to `dir`. */
  files: Set<string>;
  /** Folders of the packages that it imports, by the name it imports them under. */
  imports: Map<string, string>;
}

/**
 * Follows hoisted packages file by file from the modules that were bundled before, through requires, imports, and paths
 * that are read. Gives every package reached, by folder; shared packages are the host's and left out.
 */
export async function traceHoisted(
  roots: readonly Hoisted[],
  context: ExportContext,
): Promise<Map<string, TracedPackage>> {
  if (roots.length === 0) return new Map();
  // The tracer makes globs of paths.
  return await withPlainPath(context.plan.workspace.root, (root) => trace(roots, root, context));
}

/** {@link traceHoisted}, with paths of the workspace as seen from `root`. */
async function trace(
  roots: readonly Hoisted[],
  root: string,
  { plan, finder }: ExportContext,
): Promise<Map<string, TracedPackage>> {
  const traced = new Map<string, TracedPackage>();
  const { nodeFileTrace } = await import('@vercel/nft');
  const top = plan.workspace.root;
  const seen = (file: string): string => (isInside(top, file) ? join(root, relative(top, file)) : file);
  const entries = roots.flatMap((entry) => entry.files.map(seen));
  // Where `root` is a link it stands for the folder.
  const cache = { symlinkCache: new Map([[root, Promise.resolve(null)]]) };
  const traces = [];
  for (const conditions of CONDITIONS) {
    traces.push(await nodeFileTrace(entries, { base: '/', processCwd: root, conditions, cache }));
  }

  const locate = (path: string): { dir: string; file: string } | undefined => {
    const file = realpathSync(join('/', path));
    const owner = statSync(file).isFile() ? finder.ofFile(file) : undefined;
    return owner && owner.dir !== plan.dir && !plan.shared.has(owner.name) ? { dir: owner.dir, file } : undefined;
  };
  const enter = (dir: string): TracedPackage => {
    const entry = traced.get(dir) ?? { dir, version: finder.ofDir(dir)!.version, files: new Set(), imports: new Map() };
    traced.set(dir, entry);
    return entry;
  };
  for (const [path, parents] of traces.flatMap(parentsOf)) {
    const found = locate(path);
    if (!found || SOURCE.test(path)) continue;
    enter(found.dir).files.add(relative(found.dir, found.file));
    for (const parent of parents) {
      const importer = locate(parent);
      if (importer && importer.dir !== found.dir) {
        enter(importer.dir).imports.set(folderName(found.dir) ?? finder.ofDir(found.dir)!.name, found.dir);
      }
    }
  }
  // What a package requires by computed names has no importer that could be seen.
  for (const { package: pkg, files } of roots) {
    for (const other of files.map(locate)) {
      const name = other && other.dir !== pkg.dir ? folderName(other.dir) : undefined;
      if (name && { ...pkg.manifest.dependencies, ...pkg.manifest.optionalDependencies }[name] !== undefined) {
        enter(pkg.dir).imports.set(name, other!.dir);
      }
    }
  }
  return traced;
}

/** Every file of a trace with the files that lead to it. */
function parentsOf({ fileList, reasons }: NodeFileTraceResult): Array<[path: string, parents: Iterable<string>]> {
  return [...fileList].map((path) => [path, reasons.get(path)?.parents ?? []]);
}

/** The name below the last node_modules of a package folder: under an npm alias not the package's own. */
function folderName(dir: string): string | undefined {
  const parts = dir.split(sep);
  const last = parts.lastIndexOf('node_modules');
  return last < 0 ? undefined : parts.slice(last + 1).join('/');
}
