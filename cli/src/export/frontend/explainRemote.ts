import { ImportGraph } from '../explain/chains';
import type { ExplainedPackage } from '../explain/explain';
import { isInstalled } from '../source/installedPackage';
import type { ExportedPackage } from '../plan/plan';
import type { RemoteContents } from './remoteContents';

/** Direct importers shown for the one package that was asked about. */
const MAX_CHAINS = 5;

/**
 * Explains the package called `name`, or with `''` every package that a remote carries or asks the app for, sorted by
 * name.
 */
export function explainRemote(
  { self, pkg }: ExportedPackage,
  { inlined, imports, edges }: RemoteContents,
  name: string,
): ExplainedPackage[] {
  const graph = new ImportGraph(self, edges);
  const limit = name === '' ? 1 : MAX_CHAINS;
  const carried = [...inlined.values()].map(({ package: entry, bytes }): ExplainedPackage => ({
    name: entry.name,
    version: entry.version,
    decision: 'inlined',
    reason: isInstalled(entry.dir) ? 'apps do not share it' : 'source of the workspace',
    bytes,
    chains: graph.chains(entry.dir, { name: entry.name, version: entry.version }, limit),
  }));
  const asked = [...imports.keys()].map((shared): ExplainedPackage => ({
    name: shared,
    decision: 'shared',
    reason: 'Backstage apps share it',
    chains: graph.chains(shared, { name: shared }, limit),
  }));
  const explained = [...carried, ...asked]
    .filter((entry) => name === '' || entry.name === name)
    .sort((a, b) => (a.name === b.name ? 0 : a.name < b.name ? -1 : 1));
  if (explained.length > 0 || name === '') return explained;
  return [{ name, decision: 'none', reason: `nothing in the remote of ${pkg.name} imports it`, chains: [] }];
}
