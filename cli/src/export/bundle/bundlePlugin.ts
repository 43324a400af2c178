import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildOptions, BuildResult, Metafile, Plugin, SameShape } from 'esbuild';
import type { Decisions } from '../plan/decisions';
import type { ExportContext } from '../plan/exportContext';
import {
  COMMON_OUTPUT,
  ENTRIES_SPECIFIER,
  asEntryPoint,
  entryFile,
  entryFiles,
  entryPoints,
} from './esbuild/entryPoints';
import {
  absentAddons,
  excludedExternals,
  providedExternals,
  sharedExternals,
  sourceEntries,
} from './esbuild/externals';
import { dirnameShim } from './esbuild/dirnameShim';
import { requiredAsNode } from './esbuild/requiredAsNode';
import { packagePathShim } from './esbuild/packagePathShim';
import { placesBanner, relocatedModules } from './esbuild/relocatedModules';
import type { Plan } from '../plan/plan';
import { bundleScripts, withScripts } from './workerScripts';

/** The oldest Node.js that hosts run. */
const TARGET = 'node20.19';
/** Conditions of `exports` that hold in every Node.js that hosts run, besides those of the kind of import. */
export const CONDITIONS = ['node', 'node-addons', 'module-sync'];
/** From the output file's folder to the bundle's top. */
const TOP = '..';

/** A built plugin. */
export interface Output {
  /** Files by bundle path, e.g. `dist/index.cjs.js` and its map. */
  files: Map<string, Uint8Array>;
  /** Path of the one of the files that hosts load, or that those do. */
  main: string;
  /** esbuild's account of all that code; paths relative to the workspace root. */
  inputs: Metafile['inputs'];
  output: Metafile['outputs'][string];
}

/** Bundles the plugin into one file. Throws esbuild's BuildFailure, see `explainBuildFailure`. */
export async function bundlePlugin(context: ExportContext): Promise<Output> {
  const { plan, options: settings, decisions } = context;
  const single = plan.entries.length === 1 ? plan.entries[0] : undefined;
  const name = single ? 'index.cjs.js' : COMMON_OUTPUT;
  const path = `dist/${name}`;
  // Nothing is written there: source maps name their sources relative to it, wherever the bundle ends up.
  const outdir = join(plan.dir, 'dist-dynamic', 'dist');
  const options = {
    ...buildOptions(plan),
    entryPoints: [{ in: single ? asEntryPoint(single.file) : ENTRIES_SPECIFIER, out: name.replace(/\.js$/, '') }],
    outdir,
    ...(settings.localSources && { sourceRoot: pathToFileURL(outdir + sep).href }),
    banner: { js: dirnameShim.banner(path) + placesBanner(path, context) },
    plugins: [entryPoints(plan.entries, plan.dir), ...plugins(context, TOP)],
  };
  const result = await (settings.rebuilds?.build(options, [plan.entries, pluginsKey(plan, decisions)]) ??
    buildOnce(options));
  const files = new Map(
    result.outputFiles.map((file) => [`dist/${file.path.slice(outdir.length + 1)}`, file.contents]),
  );
  const [, output] = Object.entries(result.metafile.outputs).find(([file]) => file.endsWith(`/${name}`))!;
  const scripts = await bundleScripts(context, (top) => ({
    ...buildOptions(plan),
    plugins: plugins(context, top),
  }));
  return {
    ...withScripts(result.metafile.inputs, output!, scripts),
    main: path,
    files: new Map([...files, ...(single ? [] : entryFiles(plan.entries)), ...scripts.files]),
  };
}

function buildOptions(plan: Plan) {
  return {
    absWorkingDir: plan.workspace.root,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    target: TARGET,
    conditions: [...CONDITIONS],
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
    define: dirnameShim.define,
  } as const satisfies BuildOptions;
}

/** Late, because a wrong command line or a faulty package.json is answered without esbuild. */
async function buildOnce<T extends BuildOptions>(options: T): Promise<BuildResult<T>> {
  const { build } = await import('esbuild');
  return await build(options as SameShape<BuildOptions, T>);
}

function plugins(context: ExportContext, top: string): Plugin[] {
  const { plan, decisions } = context;
  return [
    entryFile(),
    packagePathShim({ top, own: [plan.pkg.name, plan.name], embedded: [...decisions.embedded.keys()] }),
    sharedExternals(plan.shared.keys()),
    providedExternals(plan.provided.keys()),
    excludedExternals(context, top),
    absentAddons(),
    sourceEntries(decisions.sources),
    requiredAsNode(context),
    relocatedModules(context),
  ];
}

/** Everything that {@link plugins} are told. */
function pluginsKey({ pkg, name, shared, provided }: Plan, decisions: Decisions): unknown {
  const { embedded, hoisted, absent, sources, relocated } = decisions;
  const left = [...hoisted].map(([dir, { as, package: copied }]) => [dir, as, copied.name]);
  const names = [shared, provided, embedded, absent, relocated].map((map) => [...map.keys()]);
  return [pkg.name, name, names, left, [...sources]];
}
