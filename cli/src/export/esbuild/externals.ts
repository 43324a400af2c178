import type { Plugin } from 'esbuild';
import type { Decisions } from '../decisions';
import { packageOfImport, type PackageFinder } from '../installedPackage';

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

/**
 * Leaves imports of hoisted packages, under the name that their copy has, and imports of absent packages. Other
 * versions of a hoisted package are bundled as ever.
 */
export function excludedExternals(decisions: Decisions, finder: PackageFinder): Plugin {
  const hoisted = [...decisions.hoisted.values()];
  const names = new Set([...hoisted.map((entry) => entry.package.name), ...decisions.absent.keys()]);
  const asked = {};
  return {
    name: 'excluded-externals',
    setup(build) {
      if (names.size === 0) return;
      build.onResolve({ filter: anyOf(names) }, async ({ path, importer, namespace, resolveDir, kind, pluginData }) => {
        if (pluginData === asked) return undefined;
        const found = await build.resolve(path, { importer, namespace, resolveDir, kind, pluginData: asked });
        const name = packageOfImport(path);
        if (found.errors.length > 0) return decisions.absent.has(name) ? { path, external: true } : found;
        const copy = decisions.hoisted.get(finder.ofFile(found.path)?.dir ?? '');
        return copy ? { path: copy.as + path.slice(name.length), external: true } : found;
      });
    },
  };
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

/** One expression for all names, so that esbuild itself skips every other import. */
function anyOf(names: Iterable<string>): RegExp {
  const alternatives = [...names].map((name) => name.replace(/[.+*?^$()[\]{}|\\]/g, '\\$&'));
  return new RegExp(`^(${alternatives.join('|')})(/.*)?$`);
}
