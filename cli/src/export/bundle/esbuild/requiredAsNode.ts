import { createRequire } from 'node:module';
import { isAbsolute } from 'node:path';
import type { OnResolveArgs, OnResolveResult, PluginBuild, Plugin, ResolveResult } from 'esbuild';
import type { ExportContext } from '../../plan/exportContext';
import { isInstalled, type PackageFinder } from '../../source/installedPackage';

/** Marks what a plugin of the export asks esbuild itself, which the others then leave to it. */
export const ASKED = {};

/**
 * Resolves the imports in sources of the plugin and of its workspace as a backend does: Backstage compiles them to
 * CommonJS, so that they become a `require`, for which packages may have another build. Where a package is for `import`
 * only, that counts. Requests that end in a slash always mean folders.
 */
export function requiredAsNode({ finder }: ExportContext): Plugin {
  return {
    name: 'required-as-node',
    setup(build) {
      build.onResolve({ filter: /^[^./]|\/$/, namespace: 'file' }, async (args) => {
        if (args.pluginData === ASKED || !(meansFolder(args) || becomesRequire(args, finder))) return undefined;
        const found = await askEsbuild(build, args, finder);
        return found.errors.length > 0 ? undefined : resolved(found);
      });
    },
  };
}

/** What esbuild resolves an import to, by the conditions that Node.js will use. */
export async function askEsbuild(
  build: PluginBuild,
  args: OnResolveArgs,
  finder: PackageFinder,
): Promise<ResolveResult> {
  const { importer, namespace, resolveDir, kind } = args;
  const path = meansFolder(args) ? fileOfFolder(args) : args.path;
  const asked = { importer, namespace, resolveDir, pluginData: ASKED };
  if (becomesRequire(args, finder)) {
    const found = await build.resolve(path, { ...asked, kind: 'require-call' });
    if (found.errors.length === 0) return found;
  }
  return await build.resolve(path, { ...asked, kind });
}

function resolved({ path, external, namespace, sideEffects, suffix }: ResolveResult): OnResolveResult {
  return { path, external, namespace, sideEffects, suffix };
}

/** With a slash at the end, Node.js takes the folder and esbuild a file of that name. */
function meansFolder({ path, namespace }: OnResolveArgs): boolean {
  return path.endsWith('/') && namespace === 'file';
}

function fileOfFolder({ path, importer }: OnResolveArgs): string {
  try {
    const file = createRequire(importer).resolve(path);
    return isAbsolute(file) ? file : path;
  } catch {
    return path;
  }
}

function becomesRequire({ kind, importer, namespace }: OnResolveArgs, finder: PackageFinder): boolean {
  if (kind !== 'import-statement' || namespace !== 'file' || !/\.c?[jt]sx?$/.test(importer)) return false;
  const owner = finder.ofFile(importer);
  return owner !== undefined && !isInstalled(owner.dir) && owner.manifest.type !== 'module';
}
