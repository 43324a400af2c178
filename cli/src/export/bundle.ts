import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import type { Decisions } from './decisions';
import { absentAddons, excludedExternals, sharedExternals } from './esbuild/externals';
import { moduleUrl } from './esbuild/moduleUrl';
import { embeddedPath, packagePathShim } from './esbuild/packagePathShim';
import { relocatedSources, type Relocated } from './esbuild/relocate';
import type { Entry } from './entries';
import type { PackageFinder } from './installedPackage';
import type { Plan } from './plan';

/** The oldest Node.js that hosts run. */
const TARGET = 'node20.19';

/** One built entry point. */
export interface BuiltEntry {
  /** Files by bundle path, e.g. `dist/index.cjs.js` and its map. */
  files: Map<string, Uint8Array>;
  /** esbuild's account of the build; paths relative to the workspace root. */
  metafile: Metafile;
}

/** Bundles every entry point of the plan. Throws esbuild's BuildFailure, see `explainBuildFailure`. */
export async function bundleEntries(plan: Plan, finder: PackageFinder, decisions: Decisions): Promise<BuiltEntry[]> {
  return Promise.all(plan.entries.map((entry) => bundleEntry(plan, finder, decisions, entry)));
}

async function bundleEntry(plan: Plan, finder: PackageFinder, decisions: Decisions, entry: Entry): Promise<BuiltEntry> {
  // Late, because a wrong command line or a faulty package.json is answered without it.
  const { build } = await import('esbuild');
  const dist = entry.name === 'index' ? 'dist' : `dist/${entry.name}`;
  const top = entry.name === 'index' ? '..' : '../..';
  const root = plan.workspace.root;
  // Nothing is written there: source maps name their sources relative to it, wherever the bundle ends up.
  const outdir = join(plan.dir, 'dist-dynamic');
  const result = await build({
    absWorkingDir: root,
    entryPoints: [{ in: entry.file, out: 'index.cjs' }],
    outdir: join(outdir, dist),
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    target: TARGET,
    conditions: ['node'],
    mainFields: ['main', 'module'],
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'eof',
    charset: 'utf8',
    logLevel: 'silent',
    logLimit: 0,
    // Class names reach HTTP statuses (`error.name`), and two packages may use one name in one file.
    keepNames: true,
    // Native addons are found in the metafile and hoisted.
    loader: { '.node': 'empty' },
    define: moduleUrl.define,
    inject: moduleUrl.inject,
    plugins: [
      moduleUrl.plugin,
      relocatedSources(relocations(plan, decisions, top)),
      packagePathShim({
        top,
        own: [plan.pkg.name, plan.name],
        embedded: [...decisions.embedded.keys()],
      }),
      sharedExternals(plan.shared.keys()),
      excludedExternals(decisions, finder),
      absentAddons(),
    ],
  });
  const files = result.outputFiles.map((file) => {
    const path = file.path.slice(outdir.length + 1).replaceAll('\\', '/');
    return [path, file.contents] as const;
  });
  return { files: new Map(files), metafile: result.metafile };
}

function relocations(plan: Plan, decisions: Decisions, top: string): Map<string, Relocated> {
  return new Map(
    [...decisions.relocated].map(([file, owner]) => {
      const packageTop = owner.dir === plan.dir ? top : `${top}/${embeddedPath(owner.name)}`;
      return [file, { owner, packageTop }];
    }),
  );
}
