import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plugin } from 'esbuild';

/** Leaves the packages of these names, with all their subpaths, as imports of the output. */
export function externalPackages(names: Iterable<string>): Plugin {
  const alternatives = [...names].map((name) => name.replace(/[.+*?^$()[\]{}|\\]/g, '\\$&'));
  return {
    name: 'external-packages',
    setup(build) {
      if (alternatives.length === 0) return;
      // One expression, so that esbuild itself skips all other imports.
      build.onResolve({ filter: new RegExp(`^(${alternatives.join('|')})(/.*)?$`) }, ({ path }) => ({
        path,
        external: true,
      }));
    },
  };
}

/** Leaves `require('./x.node')` as it is where the file was never built: such a require is guarded by its caller. */
export function absentAddons(): Plugin {
  return {
    name: 'absent-addons',
    setup(build) {
      build.onResolve({ filter: /^\..*\.node$/ }, ({ path, resolveDir }) =>
        existsSync(resolve(resolveDir, path)) ? undefined : { path, external: true },
      );
    },
  };
}
