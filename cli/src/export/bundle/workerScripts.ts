import type { BuildOptions, Metafile } from 'esbuild';
import { posix } from 'node:path';
import type { ExportContext } from '../plan/exportContext';
import { asEntryPoint } from './esbuild/entryPoints';
import { isModule, dirnameShim } from './esbuild/dirnameShim';
import { placesBanner } from './esbuild/relocatedModules';

/** Scripts that the plugin starts by path, as workers are: each is bundled by itself and lies where it is looked for. */
export interface Scripts {
  /** By bundle path. */
  files: Map<string, Uint8Array>;
  /** esbuild's account of all of them; paths relative to the workspace root. */
  metafiles: Metafile[];
}

/** Bundles every script that was decided on with the options that hold for its depth below the bundle's top. */
export async function bundleScripts(context: ExportContext, options: (top: string) => BuildOptions): Promise<Scripts> {
  const { plan, decisions } = context;
  const scripts: Scripts = { files: new Map(), metafiles: [] };
  const { build } = await import('esbuild');
  for (const [path, file] of decisions.scripts) {
    const folder = posix.dirname(path);
    const { outputFiles, metafile } = await build({
      ...options(posix.relative(folder, '.') || '.'),
      ...(isModule(path) && { format: 'esm' }),
      banner: { js: dirnameShim.banner(path) + placesBanner(path, context) },
      entryPoints: [asEntryPoint(file)],
      outfile: posix.join(plan.dir, 'dist-dynamic', path),
      metafile: true,
      write: false,
    });
    for (const output of outputFiles) {
      scripts.files.set(posix.join(folder, posix.basename(output.path)), output.contents);
    }
    // What is written as .js is CommonJS, whatever the package is.
    if (plan.pkg.type === 'module' && folder !== 'dist' && path.endsWith('.js')) {
      scripts.files.set(posix.join(folder, 'package.json'), Buffer.from('{ "type": "commonjs" }\n'));
    }
    scripts.metafiles.push(metafile);
  }
  return scripts;
}

/** The account of the plugin's code with that of its scripts added. */
export function withScripts(
  inputs: Metafile['inputs'],
  output: Metafile['outputs'][string],
  { metafiles }: Scripts,
): { inputs: Metafile['inputs']; output: Metafile['outputs'][string] } {
  const all = { ...output, inputs: { ...output.inputs }, imports: [...output.imports] };
  for (const other of metafiles.flatMap((metafile) => Object.values(metafile.outputs))) {
    all.imports.push(...other.imports);
    for (const [path, { bytesInOutput }] of Object.entries(other.inputs)) {
      all.inputs[path] = { bytesInOutput: bytesInOutput + (all.inputs[path]?.bytesInOutput ?? 0) };
    }
  }
  return { inputs: Object.assign({}, ...metafiles.map((metafile) => metafile.inputs), inputs), output: all };
}
