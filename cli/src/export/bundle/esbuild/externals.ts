import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { findPackageDir } from '@stagedoor/bundle';
import type { Plugin } from 'esbuild';
import type { Hoisted } from '../../plan/decisions';
import type { ExportContext } from '../../plan/exportContext';
import { isHostDriver } from '../../plan/hostDrivers';
import { packageOfImport, requiredFile } from '../../source/installedPackage';
import { ASKED, askEsbuild } from './requiredAsNode';

/**
 * Hoisted ES modules that ES modules import: `require` gives their namespace, in which the default export is `default`,
 * while esbuild takes what an ES module gets from `require` for the default export itself.
 */
export const HOISTED_NAMESPACE = 'stagedoor-hoisted';

/** Leaves the packages of these names, with all their subpaths, as imports of the output. */
export function sharedExternals(names: Iterable<string>): Plugin {
  const filter = anyOf(names);
  return {
    name: 'shared-externals',
    setup(build) {
      build.onResolve({ filter }, ({ path }) => ({ path, external: true }));
    },
  };
}

/** Leaves imports of packages of these names that are not installed for the plugin: hosts have them. */
export function providedExternals(names: Iterable<string>): Plugin {
  const filter = anyOf(names);
  return {
    name: 'provided-externals',
    setup(build) {
      build.onResolve({ filter }, ({ path, resolveDir }) =>
        resolveDir === '' || findPackageDir(packageOfImport(path), resolveDir) ? undefined : { path, external: true },
      );
    },
  };
}

/**
 * Leaves imports of hoisted packages, under the name that their copy has, and imports of absent packages. Other
 * versions of a hoisted package are bundled as ever. `top` leads from the folder of the output to that of the bundle.
 */
export function excludedExternals({ plan, decisions, finder }: ExportContext, top: string): Plugin {
  // As they are now: a later build gets later ones.
  const hoisted = new Map(decisions.hoisted);
  const absent = new Set(decisions.absent.keys());
  const names = new Set([...[...hoisted.values()].map((entry) => entry.package.name), ...absent, ...plan.hostDrivers]);
  return {
    name: 'excluded-externals',
    setup(build) {
      if (names.size === 0) return;
      build.onResolve({ filter: anyOf(names) }, async (args) => {
        const { path, importer, namespace, kind, pluginData } = args;
        if (pluginData === ASKED || namespace === HOISTED_NAMESPACE) return undefined;
        const name = packageOfImport(path);
        if (isHostDriver(name, finder.ofFile(importer), plan)) return { path, external: true };
        const found = await askEsbuild(build, args, finder);
        if (found.errors.length > 0) return absent.has(name) ? { path, external: true } : undefined;
        const copy = hoisted.get(finder.ofFile(found.path)?.dir ?? '');
        if (!copy) return undefined;
        const left =
          kind === 'dynamic-import' ? copy.as + path.slice(name.length) : asRequired(copy, path, found.path, top);
        return kind === 'import-statement' && isEsModule(found.path)
          ? { path: left, namespace: HOISTED_NAMESPACE, sideEffects: found.sideEffects }
          : { path: left, external: true };
      });
      build.onResolve({ filter: /.*/, namespace: HOISTED_NAMESPACE }, ({ path }) => ({ path, external: true }));
      build.onLoad({ filter: /.*/, namespace: HOISTED_NAMESPACE }, ({ path }) => ({
        contents: `export * from ${JSON.stringify(path)}; export { default } from ${JSON.stringify(path)};`,
        loader: 'js',
      }));
    },
  };
}

/**
 * What to `require` in the output for an import of a hoisted package: the import itself, or, where the package is for
 * `import` only, the file that it means.
 */
function asRequired({ as, package: { dir } }: Hoisted, path: string, file: string, top: string): string {
  const subpath = path.slice(packageOfImport(path).length);
  if (requiredFile(dir, subpath) !== undefined) return as + subpath;
  return `${top}/node_modules/${as}/${relative(dir, file).split(sep).join('/')}`;
}

/** Leaves `require('./x.node')` as it is where the file was never built: such a require is guarded by its caller. */
export function absentAddons(): Plugin {
  const asked = {};
  return {
    name: 'absent-addons',
    setup(build) {
      build.onResolve({ filter: /^\..*\.node$/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
        if (pluginData === asked) return undefined;
        // `./isomorphic.node` may also be isomorphic.node.js.
        const { errors } = await build.resolve(path, { importer, resolveDir, kind, pluginData: asked });
        return errors.length === 0 ? undefined : { path, external: true };
      });
    },
  };
}

/** True when Node.js loads the file as an ES module. */
function isEsModule(file: string): boolean {
  if (/\.[cm]js$/.test(file)) return file.endsWith('.mjs');
  for (let dir = dirname(file); dirname(dir) !== dir; dir = dirname(dir)) {
    const manifest = join(dir, 'package.json');
    if (existsSync(manifest))
      return (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: string }).type === 'module';
  }
  return false;
}

/** Resolves imports, by the very text of them, to source files. */
export function sourceEntries(files: ReadonlyMap<string, string>): Plugin {
  return {
    name: 'source-entries',
    setup(build) {
      if (files.size === 0) return;
      build.onResolve({ filter: anyOf(files.keys()) }, ({ path }) => {
        const file = files.get(path);
        return file === undefined ? undefined : { path: file };
      });
    },
  };
}

/** One expression for all names and their subpaths, so that esbuild itself skips every other import. */
function anyOf(names: Iterable<string>): RegExp {
  const alternatives = [...names].map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^(${alternatives.join('|')})(/.*)?$`);
}
