import { relative, sep } from 'node:path';
import type { StatsModule } from '@rspack/core';
import type { InlinedPackage } from '../contents';
import type { ImportEdge } from '../imports/packageImports';
import { packageOfImport, type InstalledPackage, type PackageFinder } from '../installedPackage';
import type { ExportedPackage } from '../plan';
import type { RemoteBuild } from './buildRemote';
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

const SHARED = /^consume shared module \([^)]*\) ((?:@[^/@]+\/)?[^@]+)@/;

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
  readImports(exported, all, modules, finder, contents);
  return contents;
}

function readImports(
  exported: ExportedPackage,
  all: readonly StatsModule[],
  output: readonly StatsModule[],
  finder: PackageFinder,
  { inlined, imports, edges }: RemoteContents,
): void {
  const known = new Set<string>();
  const carried = new Set([exported.dir, ...inlined.keys()]);
  // The reasons of what re-exports only are with modules that have no place of their own.
  for (const module of new Set([...output, ...all])) {
    const request = SHARED.exec(module.identifier ?? '')?.[1];
    const shared = request === undefined ? undefined : packageOfImport(request);
    const target = moduleFile(module.identifier ?? '');
    const to = shared === undefined && target !== undefined ? finder.ofFile(target) : undefined;
    if (shared === undefined && (!to || !carried.has(to.dir))) continue;
    for (const { moduleIdentifier, userRequest = '' } of module.reasons ?? []) {
      const importer = moduleFile(moduleIdentifier ?? '');
      const from = importer === undefined ? undefined : finder.ofFile(importer);
      if (importer === undefined || !from || !carried.has(from.dir) || from.dir === to?.dir) continue;
      const name = shared ?? (/^[./]/.test(userRequest) ? to!.name : packageOfImport(userRequest));
      const key = [from.dir, name, to?.dir].join('\0');
      if (shared !== undefined) imports.set(shared, (imports.get(shared) ?? new Set()).add(from));
      if (known.has(key)) continue;
      known.add(key);
      edges.push({ from, name, to, file: relative(from.dir, importer).split(sep).join('/') });
    }
  }
}
