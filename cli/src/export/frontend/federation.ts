import { defaultRemoteSharedDependencies } from '@backstage/module-federation-common';
import type { ExportedPackage } from '../plan/plan';
import type { Entry } from '../plan/entries';

/** File of the remote that apps are pointed to. */
export const FEDERATION_MANIFEST = 'mf-manifest.json';
/** What Rspack writes beside it, which serves its own tools only. */
export const FEDERATION_STATS = 'mf-stats.json';

/** What makes a bundle a Module Federation remote, as Rspack's plugin takes it. */
export function federationOptions({ pkg }: ExportedPackage, entries: readonly Entry[]) {
  return {
    name: containerName(pkg.name),
    filename: 'remoteEntry.[contenthash:16].js',
    exposes: Object.fromEntries(
      entries.map(({ name, file }) => [exposedName(name), { import: file, name: exposeChunk(name) }]),
    ),
    runtime: false as const,
    shared: defaultRemoteSharedDependencies(),
    manifest: true,
    implementation: require.resolve('@module-federation/runtime-tools'),
  };
}

/** How a remote calls the module of an entry. */
export function exposedName(entry: string): string {
  return entry === 'index' ? '.' : `./${entry}`;
}

/** The chunk that an entry begins with. */
export function exposeChunk(entry: string): string {
  return `__federation_expose_${entry.replaceAll(/[^\w.-]/g, '_')}`;
}

/** A package name as a name in code, as `backstage-cli` makes it: apps find the container under it. */
function containerName(packageName: string): string {
  return packageName
    .replaceAll('@', '')
    .replaceAll('/', '__')
    .replaceAll(/[^A-Za-z0-9_$]/g, '_');
}
