import { SBOM_FILE, SCHEMA_FILES } from '@stagedoor/bundle';
import type { BundledPackage } from '../describe/bundledPackages';
import { copyFiles } from '../describe/assembleBundle';
import { collectConfigSchemas } from '../describe/configSchema';
import { IntegrityReader } from '../describe/integrity';
import { backstageField, keptFields, toJson } from '../describe/packageJson';
import { sbom } from '../describe/sbom';
import { LICENCES_FILE, thirdPartyLicences } from '../describe/thirdPartyLicences';
import type { Locked } from '../source/lockfile/lockfile';
import type { Staging } from '../output/stagingFolder';
import type { ExportedPackage } from '../plan/plan';
import { publishedFiles } from '../hoist/publishedFiles';
import { cacheDir } from '../source/workspace';
import type { RemoteContents } from './remoteContents';

/** What is known of a remote when it is described. */
export interface RemoteFacts {
  contents: RemoteContents;
  /** Bundle path of its entry script. */
  entryFile: string;
  peerDependencies: Record<string, string>;
  locked: ReadonlyMap<string, Locked>;
}

/** Writes everything of a bundle for browsers but its code and its manifest into `staging`. Returns warnings. */
export async function describeRemote(
  staging: Staging,
  exported: ExportedPackage,
  { contents, entryFile, peerDependencies, locked }: RemoteFacts,
): Promise<string[]> {
  const { self, workspace } = exported;
  const inlined = [...contents.inlined.values()].map((entry) => entry.package);
  const bundled = bundledPackages(exported, contents);
  const [{ schemas, warnings }, bill, licences, published] = await Promise.all([
    collectConfigSchemas([self, ...inlined], cacheDir(workspace)),
    sbom(exported, bundled, new IntegrityReader(workspace, locked)),
    thirdPartyLicences(exported, bundled.packages),
    publishedFiles(exported.dir, self.manifest),
  ]);
  const paths = published.filter((entry) => !/^(dist|src)\//.test(entry));
  await copyFiles(staging, { package: exported, to: '', paths });
  for (const path of schemas ? SCHEMA_FILES : []) await staging.write(path, toJson(schemas));
  await staging.write('package.json', packageJson(exported, entryFile, peerDependencies));
  await staging.write(SBOM_FILE, bill);
  await staging.write(LICENCES_FILE, licences);
  return warnings;
}

function packageJson(exported: ExportedPackage, main: string, peerDependencies: Record<string, string>): string {
  return toJson({
    name: exported.name,
    version: exported.pkg.version,
    ...keptFields(exported),
    main,
    backstage: backstageField(exported),
    peerDependencies,
    // Tells loaders to wait for dynamic-bundle.json.
    stagedoor: { format: 1 },
  });
}

function bundledPackages(exported: ExportedPackage, { inlined, edges, ownBytes }: RemoteContents) {
  const byId = new Map<string, BundledPackage>();
  for (const { package: pkg, bytes } of inlined.values()) {
    const id = `${pkg.name}@${pkg.version}`;
    const entry = byId.get(id) ?? { id, package: pkg, inlinedBytes: 0, paths: [], imports: new Set<string>() };
    entry.inlinedBytes! += bytes;
    byId.set(id, entry);
  }
  const imported = new Set<string>();
  for (const { from, to } of edges) {
    const id = to && `${to.name}@${to.version}`;
    if (id === undefined || !byId.has(id)) continue;
    const fromId = `${from.name}@${from.version}`;
    if (from.dir === exported.dir) imported.add(id);
    else if (fromId !== id) byId.get(fromId)?.imports.add(id);
  }
  return { packages: [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1)), imported, ownBytes };
}
