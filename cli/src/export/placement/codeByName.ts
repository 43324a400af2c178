import { extname, join, relative } from 'node:path';
import type { InlinedPackage } from '../bundle/bundleContents';
import { runtimeFiles } from '../hoist/packageFiles';
import { neededDependencies } from '../hoist/productionDependencies';
import type { Decision } from '../plan/decisions';
import type { ExportContext } from '../plan/exportContext';
import { isInstalled } from '../source/installedPackage';
import { importEdges } from './importEdges';
import type { InspectedBuild } from './rule';

const LOADABLE = /^\.([cm]?js|json|node)$/;

/**
 * Hoists the inlined packages that load code by a name that only exists at run time, with all that they may load. A name
 * that the package is given, as a template engine's, counts where it can lead to a file or a dependency of the package
 * that is not in the build: otherwise it leads to what the plugin brings, and finds that in the bundle's node_modules.
 */
export async function* codeByName(build: InspectedBuild, context: ExportContext): AsyncIterable<Decision> {
  const modules = await build.modules();
  const edges = importEdges(build, context);
  for (const entry of build.contents.inlined.values()) {
    const { package: pkg, files } = entry;
    // Source of a workspace has no place in node_modules.
    if (!isInstalled(pkg.dir)) continue;
    const computed = modules.filter(({ owner }) => owner.dir === pkg.dir).map(({ facts }) => facts.computed);
    const own = computed.includes('own');
    if (!own && !computed.includes('any')) continue;
    const imported = edges.get(pkg.dir) ?? new Set();
    const leads =
      own ||
      neededDependencies(pkg, context).some(({ dir }) => !imported.has(dir)) ||
      (await unbundledCode(entry)).length > 0;
    if (!leads) continue;
    const reason = { code: 'code-by-name', text: 'loads code by names that only exist at run time' } as const;
    yield { kind: 'hoist', package: pkg, files, whole: true, dependencies: true, reason };
  }
}

/** The files of an inlined package that code could load and that are not in the build. */
export async function unbundledCode({ package: pkg, files }: InlinedPackage): Promise<string[]> {
  const used = files.map((file) => relative(pkg.dir, file));
  const commands = new Set(Object.values(binOf(pkg.manifest.bin)).map((path) => join(path)));
  const bundled = new Set([...used, ...commands, 'package.json']);
  // Without an extension, a script takes precedence over the data of that name beside it.
  const hidden = new Set(used.map((path) => path.replace(/\.js$/, '.json')));
  return (await runtimeFiles(pkg, used)).filter(
    (path) => LOADABLE.test(extname(path)) && !bundled.has(path) && !hidden.has(path),
  );
}

function binOf(bin: unknown): Record<string, string> {
  if (typeof bin === 'string') return { bin };
  return (bin ?? {}) as Record<string, string>;
}
