import type { StatsChunk, StatsCompilation } from '@rspack/core';
import type { ExportedPackage } from '../plan/plan';
import { exposeChunk } from './federation';

interface FederationManifest {
  metaData: Record<string, unknown>;
  exposes: Array<{ name: string; assets?: unknown }>;
  shared: Array<{ name: string }>;
}

/**
 * Completes the manifest that Rspack writes. Name and version of the plugin Rspack looks for in the folder it runs in,
 * the files of each exposed module by its path, among modules whose order hashes of absolute paths decide, and the lists
 * are in the order of a hash map: it would be another one in another folder. `stats` are those of its chunks.
 */
export function completeManifest(text: string, { pkg }: ExportedPackage, stats: StatsCompilation): string {
  const manifest = JSON.parse(text) as FederationManifest;
  manifest.metaData.buildInfo = { buildVersion: pkg.version, buildName: pkg.name };
  for (const exposed of manifest.exposes) exposed.assets = assetsOf(exposed.name, stats);
  for (const list of [manifest.exposes, manifest.shared]) list.sort((a, b) => (a.name < b.name ? -1 : 1));
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** The files that a module needs at once, and those that it may ask for later. */
function assetsOf(name: string, { chunks = [], namedChunkGroups = {} }: StatsCompilation) {
  const byId = new Map(chunks.map((chunk) => [chunk.id, chunk]));
  const first = namedChunkGroups[exposeChunk(name === '.' ? 'index' : name)]?.chunks ?? [];
  const later = new Set<StatsChunk['id']>();
  const follow = (id: StatsChunk['id']) => {
    for (const child of byId.get(id)?.children ?? []) {
      if (later.has(child)) continue;
      later.add(child);
      follow(child);
    }
  };
  first.forEach(follow);
  const filesOf = (ids: Iterable<StatsChunk['id']>) => [...ids].flatMap((id) => byId.get(id)?.files ?? []);
  const sync = [...new Set(filesOf(first))].sort();
  const async = [...new Set(filesOf(later))].filter((file) => !sync.includes(file)).sort();
  const split = (test: (file: string) => boolean) => ({ sync: sync.filter(test), async: async.filter(test) });
  return { js: split((file) => !isStyle(file)), css: split(isStyle) };
}

function isStyle(file: string): boolean {
  return file.endsWith('.css');
}
