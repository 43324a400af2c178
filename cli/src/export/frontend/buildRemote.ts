import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { StatsCompilation } from '@rspack/core';
import { OLD_FRONTEND_HINT, StagedoorError, findPackageDir } from '@stagedoor/bundle';
import type { Entry } from '../plan/entries';
import type { PackageFinder } from '../source/installedPackage';
import type { Staging } from '../output/stagingFolder';
import type { ExportedPackage } from '../plan/plan';
import { FEDERATION_MANIFEST, FEDERATION_STATS, federationOptions } from './federation';
import { completeManifest } from './federationManifest';
import { providedGlobals } from './polyfills';
import { explainRemoteFailure } from './remoteFailure';
import { moduleFile } from './remoteModules';
import { rspackOptions } from './rspackOptions';
import { settleSourceMaps } from './sourceMaps';

/** What is read of Rspack's account of a build. */
const STATS = {
  all: false,
  errors: true,
  warnings: true,
  ids: true,
  modules: true,
  orphanModules: true,
  dependentModules: true,
  cachedModules: true,
  modulesSpace: Infinity,
  nestedModules: true,
  nestedModulesSpace: Infinity,
  reasons: true,
  reasonsSpace: Infinity,
  providedExports: true,
  chunks: true,
  chunkGroups: true,
  chunkRelations: true,
};

/** A remote that was written to the staging folder. */
export interface RemoteBuild {
  stats: StatsCompilation;
  /** The share of each source file in the output, by absolute path. */
  bytes: ReadonlyMap<string, number>;
  /** The global that its entry script sets. */
  container: string;
  /** Bundle path of the script that apps load first. */
  entryFile: string;
}

/**
 * Bundles the entry points `found` of a frontend plugin into `dist/` of `staging` as a Module Federation remote. Throws
 * DEPENDENCY_NOT_INSTALLED, REMOTE_INVALID or BUILD_FAILED.
 */
export async function buildRemote(
  exported: ExportedPackage,
  found: readonly Entry[],
  staging: Staging,
  finder: PackageFinder,
): Promise<RemoteBuild> {
  refusePath(exported);
  // Named relative to the workspace: Rspack hashes what is written here.
  const entries = found.map((entry) => ({
    ...entry,
    file: `./${relative(exported.workspace.root, entry.file).split(sep).join('/')}`,
  }));
  const { rspack } = await import('@rspack/core');
  const output = join(staging.dir, 'dist');
  const compiler = rspack({
    ...rspackOptions(exported, output, rspack),
    plugins: [
      // As names of packages, modules of Node.js are found where one stands in for them.
      new rspack.NormalModuleReplacementPlugin(/^node:/, (module) => {
        module.request = module.request.slice('node:'.length);
      }),
      providedGlobals(rspack),
      new rspack.DefinePlugin(definitions(exported)),
      new rspack.container.ModuleFederationPlugin(federationOptions(exported, entries)),
    ],
  });
  const stats = await new Promise<StatsCompilation>((done, fail) => {
    compiler.run((error, result) => (error ? fail(error) : done(result!.toJson(STATS))));
  });
  await new Promise<void>((done) => compiler.close(() => done()));
  if (stats.errors && stats.errors.length > 0) throw explainRemoteFailure(stats.errors, exported, finder);
  refuseOldSystem(
    exported,
    entries.map(({ file }) => join(exported.workspace.root, file)),
    stats,
  );
  await rm(join(output, FEDERATION_STATS), { force: true });
  const manifest = await readFile(join(output, FEDERATION_MANIFEST), 'utf8');
  await staging.write(`dist/${FEDERATION_MANIFEST}`, completeManifest(manifest, exported, stats));
  const { name, metaData } = JSON.parse(manifest) as { name: string; metaData: { remoteEntry: { name: string } } };
  return {
    stats,
    container: name,
    bytes: await settleSourceMaps(output, exported.workspace.root, finder),
    entryFile: `dist/${metaData.remoteEntry.name}`,
  };
}

/** What `backstage-cli` defines: packages ask it whether React is of a version that has `react-dom/client`. */
function definitions({ dir }: ExportedPackage): Record<string, string> {
  const reactDom = findPackageDir('react-dom', dir);
  const hasClient = reactDom !== undefined && existsSync(join(reactDom, 'client.js'));
  return { 'process.env.APP_CONFIG': '[]', 'process.env.HAS_REACT_DOM_CLIENT': String(hasClient) };
}

/** Apps load default exports. A package without any was written for the old frontend system; where Rspack cannot tell, it may have one. */
function refuseOldSystem(
  { pkg }: ExportedPackage,
  entries: readonly string[],
  { modules = [] }: StatsCompilation,
): void {
  const all = modules.flatMap((module) => [module, ...(module.modules ?? [])]);
  const provided = entries.map(
    (file) =>
      all.find((module) => moduleFile(module.identifier ?? '') === file && module.providedExports)?.providedExports,
  );
  if (provided.some((names) => !Array.isArray(names) || names.length === 0 || names.includes('default'))) return;
  const names = provided.flatMap((list) => list ?? []);
  throw new StagedoorError(
    'REMOTE_INVALID',
    `${pkg.name} has no plugin of the new frontend system: its entry points have no default export, only ${names.slice(0, 5).join(', ')}.`,
    { hint: OLD_FRONTEND_HINT },
  );
}

/** In requests and identifiers these separate a path from what else is in them; Rspack knows no way to write them otherwise. */
const SEPARATORS = /[!?|]/;

function refusePath({ dir, workspace }: ExportedPackage): void {
  const path = [workspace.root, dir].find((each) => SEPARATORS.test(each));
  if (path === undefined) return;
  throw new StagedoorError(
    'BUILD_FAILED',
    `${path} has one of the characters ! ? | in it, which Rspack takes for its own.`,
    {
      hint: 'Move the workspace to a folder without these characters in its path.',
    },
  );
}
