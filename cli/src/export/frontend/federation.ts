import { defaultRemoteSharedDependencies } from '@backstage/module-federation-common';
import type { ExportedPackage } from '../plan';
import type { Entry } from '../entries';

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
      entries.map(({ name, file }) => [
        name === 'index' ? '.' : `./${name}`,
        // Files of a module without a named chunk are looked up by path, in an order that hashes of absolute paths decide.
        { import: file, name: `__federation_expose_${name}` },
      ]),
    ),
    runtime: false as const,
    shared: defaultRemoteSharedDependencies(),
    manifest: true,
    implementation: require.resolve('@module-federation/runtime-tools'),
  };
}

/** A package name as a name in code, as `backstage-cli` makes it: apps find the container under it. */
export function containerName(packageName: string): string {
  return packageName
    .replaceAll('@', '')
    .replaceAll('/', '__')
    .replaceAll(/[^A-Za-z0-9_$]/g, '_');
}

interface FederationManifest {
  metaData: Record<string, unknown>;
  exposes: Named[];
  shared: Named[];
}

interface Named {
  name: string;
}

/**
 * The manifest in order, which in Rspack's is that of a hash map, and with name and version of the plugin, which Rspack
 * looks for in the folder it runs in.
 */
export function completeManifest(text: string, { pkg }: ExportedPackage): string {
  const manifest = JSON.parse(text) as FederationManifest;
  manifest.metaData.buildInfo = { buildVersion: pkg.version, buildName: pkg.name };
  for (const list of [manifest.exposes, manifest.shared]) list.sort((a, b) => (a.name < b.name ? -1 : 1));
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
