import { realpathSync, statSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { isInside } from '@stagedoor/bundle';
import type { NodeFileTraceResult } from '@vercel/nft';
import { CONDITIONS } from '../bundle/bundlePlugin';
import type { Hoisted } from '../plan/decisions';
import type { ExportContext } from '../plan/exportContext';
import { isHostDriver } from '../plan/hostDrivers';
import { installedName, type InstalledPackage } from '../source/installedPackage';
import { runtimeFiles } from './packageFiles';
import { withPlainPath } from './plainPath';
import { neededDependencies } from './productionDependencies';

/** Where a whole folder is followed, Node.js still reads no types and no maps. */
const NOT_READ = /(\.d\.[cm]?ts|\.map)$/;
const CODE = /^\.[cm]?js$/;

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
 * that are read. What loads code by names that only exist at run time is taken whole, with its dependencies. Gives every
 * package reached, by folder; shared packages are the host's and left out.
 */
export async function traceHoisted(
  roots: readonly Hoisted[],
  context: ExportContext,
): Promise<Map<string, TracedPackage>> {
  if (roots.length === 0) return new Map();
  // The tracer makes globs of paths.
  return await withPlainPath(context.plan.workspace.root, async (root) => {
    const trace = new Trace(root, context);
    for (const entry of roots) await trace.enterRoot(entry);
    return await trace.settle();
  });
}

class Trace {
  readonly #traced = new Map<string, TracedPackage>();
  /** Absolute paths that are followed. */
  readonly #entries = new Set<string>();
  /** Folders of packages that are taken with all their files, and whether with all their dependencies. */
  readonly #whole = new Map<string, boolean>();
  readonly #looked = new Set<string>();
  readonly #cache: object;

  constructor(
    private readonly root: string,
    private readonly context: ExportContext,
  ) {
    // Where `root` is a link it stands for the folder.
    this.#cache = { symlinkCache: new Map([[root, Promise.resolve(null)]]) };
  }

  async enterRoot({ package: pkg, files, whole, dependencies }: Hoisted): Promise<void> {
    for (const file of files) this.#entries.add(file);
    if (whole) await this.#take(pkg, dependencies);
  }

  /** Follows what was entered, and what turns out to be needed whole, until there is nothing more. */
  async settle(): Promise<Map<string, TracedPackage>> {
    do this.#follow(await this.#run());
    while (await this.#takeUnsure());
    return this.#traced;
  }

  /** Enters a package with all its files, and those of its dependencies. */
  async #take(pkg: InstalledPackage, dependencies: boolean): Promise<void> {
    const before = this.#whole.get(pkg.dir);
    if (before !== undefined && (before || !dependencies)) return;
    this.#whole.set(pkg.dir, dependencies);
    const entry = this.#enter(pkg.dir);
    const code = (await runtimeFiles(pkg, entry.files)).filter((path) => CODE.test(extname(path)));
    const facts = await this.context.analyser.ofAll(code.map((path) => join(pkg.dir, path)));
    for (const path of await runtimeFiles(pkg, entry.files, facts)) {
      entry.files.add(path);
      if (CODE.test(extname(path))) this.#entries.add(join(pkg.dir, path));
    }
    if (!dependencies) return;
    for (const dependency of neededDependencies(pkg, this.context)) {
      if (isHostDriver(dependency.as, pkg, this.context.plan)) continue;
      entry.imports.set(dependency.as, dependency.dir);
      await this.#take(dependency, true);
    }
  }

  /** Takes the reached packages whose own syntax trees say that more of them may be needed; false where there is none. */
  async #takeUnsure(): Promise<boolean> {
    const { finder, analyser } = this.context;
    const before = this.#whole.size;
    for (const { dir, files } of [...this.#traced.values()]) {
      const fresh = [...files].map((path) => join(dir, path)).filter((file) => !this.#looked.has(file));
      for (const file of fresh) this.#looked.add(file);
      const facts = await analyser.ofAll(fresh);
      const byName = facts.some(({ computed, within }) => computed !== undefined || within.length > 0);
      if (byName || facts.some(({ anywhere }) => anywhere)) await this.#take(finder.ofDir(dir)!, byName);
    }
    return this.#whole.size > before;
  }

  async #run(): Promise<NodeFileTraceResult> {
    const { nodeFileTrace } = await import('@vercel/nft');
    const top = this.context.plan.workspace.root;
    const seen = (file: string): string => (isInside(top, file) ? join(this.root, relative(top, file)) : file);
    return await nodeFileTrace([...this.#entries].map(seen), {
      base: '/',
      processCwd: this.root,
      conditions: [...CONDITIONS],
      cache: this.#cache,
    });
  }

  /** Enters every file that a trace reaches from the entries. */
  #follow({ fileList, reasons }: NodeFileTraceResult): void {
    const children = new Map<string, string[]>();
    for (const path of fileList) {
      for (const parent of reasons.get(path)?.parents ?? []) {
        children.set(parent, [...(children.get(parent) ?? []), path]);
      }
    }
    const queue = [...fileList].filter((path) => reasons.get(path)?.type.includes('initial'));
    const reached = new Set(queue);
    for (const path of reached) {
      const from = this.#locate(path);
      if (from && !NOT_READ.test(path)) this.#enter(from.package.dir).files.add(from.path);
      for (const child of children.get(path) ?? []) {
        const to = this.#locate(child);
        if (!from || !to || from.package.dir === to.package.dir) reached.add(child);
        else if (this.#mayImport(from, to.package)) {
          reached.add(child);
          const name = installedName(to.package.dir) ?? to.package.name;
          this.#enter(from.package.dir).imports.set(name, to.package.dir);
        }
      }
    }
  }

  /** False for what a package gets of the host, and for what only files import that are taken along: tests, tools. */
  #mayImport(from: Located, to: InstalledPackage): boolean {
    const name = installedName(to.dir) ?? to.name;
    if (isHostDriver(name, from.package, this.context.plan)) return false;
    const { dependencies, optionalDependencies, peerDependencies, devDependencies } = from.package.manifest;
    const declared = { ...dependencies, ...optionalDependencies, ...peerDependencies };
    return declared[name] !== undefined || devDependencies?.[name] === undefined || !this.#whole.has(from.package.dir);
  }

  #locate(path: string): Located | undefined {
    const { plan, finder } = this.context;
    const file = realpathSync(join('/', path));
    const owner = statSync(file).isFile() ? finder.ofFile(file) : undefined;
    if (!owner || owner.dir === plan.dir || plan.shared.has(owner.name)) return undefined;
    return { package: owner, path: relative(owner.dir, file) };
  }

  #enter(dir: string): TracedPackage {
    const { version } = this.context.finder.ofDir(dir)!;
    const entry = this.#traced.get(dir) ?? { dir, version, files: new Set(), imports: new Map() };
    this.#traced.set(dir, entry);
    return entry;
  }
}

/** A file of a package; `path` is relative to it. */
interface Located {
  package: InstalledPackage;
  path: string;
}
