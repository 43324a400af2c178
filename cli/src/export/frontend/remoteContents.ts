import type { InlinedPackage } from '../bundle/bundleContents';
import type { ImportEdge } from '../describe/packageImports';
import type { InstalledPackage, PackageFinder } from '../source/installedPackage';
import type { ExportedPackage } from '../plan/plan';
import type { RemoteBuild } from './buildRemote';
import { remoteImports } from './remoteImports';
import { moduleFile, outputModules } from './remoteModules';

/** What is in a remote. */
export interface RemoteContents {
  /** Every package that gave code, without the plugin itself, by folder. */
  inlined: Map<string, InlinedPackage>;
  /** The plugin's own share of the output, bytes. */
  ownBytes: number;
  /** Packages that the app is asked for, by name, with those that import them. */
  imports: Map<string, Set<InstalledPackage>>;
  edges: ImportEdge[];
  /** Absolute paths of all bundled files. */
  files: string[];
}

/** Reads Rspack's account: which packages are in the remote, how much of it is theirs, and what they import. */
export function readRemoteContents(
  exported: ExportedPackage,
  build: Pick<RemoteBuild, 'stats' | 'bytes'>,
  finder: PackageFinder,
): RemoteContents {
  const contents: RemoteContents = { inlined: new Map(), ownBytes: 0, imports: new Map(), edges: [], files: [] };
  const all = build.stats.modules ?? [];
  const modules = outputModules(all);
  for (const module of modules) {
    const file = moduleFile(module.identifier ?? '');
    const owner = file === undefined ? undefined : finder.ofFile(file);
    if (file === undefined || !owner) continue;
    contents.files.push(file);
    const bytes = build.bytes.get(file) ?? 0;
    if (owner.dir === exported.dir) contents.ownBytes += bytes;
    else {
      const entry = contents.inlined.get(owner.dir) ?? { package: owner, bytes: 0, files: [] };
      entry.bytes += bytes;
      entry.files.push(file);
      contents.inlined.set(owner.dir, entry);
    }
  }
  const carried = new Set([exported.dir, ...contents.inlined.keys()]);
  // The reasons of what re-exports only are with modules that have no place of their own.
  return { ...contents, ...remoteImports(new Set([...modules, ...all]), carried, finder) };
}
