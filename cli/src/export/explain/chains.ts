import type { ImportEdge } from '../describe/packageImports';
import type { InstalledPackage } from '../source/installedPackage';

/** One package of a chain of imports. */
export interface ChainLink {
  name: string;
  /** Undefined for a package that is not installed. */
  version?: string;
  /** The file of this package that imports the next one, relative to it, where that is known. */
  file?: string;
}

/** What imports what, to be walked from the plugin. */
export class ImportGraph {
  /** The edge by which each package is reached first, by key. */
  private readonly reached = new Map<string, ImportEdge>();
  private readonly into = new Map<string, ImportEdge[]>();

  constructor(
    private readonly start: InstalledPackage,
    edges: readonly ImportEdge[],
  ) {
    const from = new Map<string, ImportEdge[]>();
    for (const edge of edges) {
      push(from, edge.from.dir, edge);
      push(this.into, keyOf(edge), edge);
    }
    const queue = [start.dir];
    for (const dir of queue) {
      for (const edge of from.get(dir) ?? []) {
        const key = keyOf(edge);
        if (key === start.dir || this.reached.has(key)) continue;
        this.reached.set(key, edge);
        queue.push(key);
      }
    }
  }

  /**
   * Chains from the plugin to a package (its folder, or its name where it is not in the bundle), one for each package
   * that imports it, the shortest first, at most `limit`. `last` ends each.
   */
  chains(key: string, last: ChainLink, limit: number): ChainLink[][] {
    return (this.into.get(key) ?? [])
      .map((edge) => this.pathTo(edge.from.dir, key, edge.file))
      .filter((path) => path !== undefined)
      .map((path) => [...path, last])
      .sort((a, b) => a.length - b.length)
      .slice(0, limit);
  }

  /** The shortest way to an importer, unless that leads through the package that is asked for. */
  private pathTo(dir: string, avoid: string, file: string | undefined): ChainLink[] | undefined {
    if (dir === this.start.dir) return [link(this.start, file)];
    const edge = this.reached.get(dir);
    if (!edge?.to || dir === avoid) return undefined;
    const before = this.pathTo(edge.from.dir, avoid, edge.file);
    return before && [...before, link(edge.to, file)];
  }
}

function keyOf({ to, name }: ImportEdge): string {
  return to?.dir ?? name;
}

function link({ name, version }: InstalledPackage, file: string | undefined): ChainLink {
  return { name, version, ...(file !== undefined && { file }) };
}

function push<T>(groups: Map<string, T[]>, key: string, value: T): void {
  const group = groups.get(key);
  if (group) group.push(value);
  else groups.set(key, [value]);
}
