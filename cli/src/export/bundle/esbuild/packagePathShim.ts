import type { Plugin } from 'esbuild';
import { embeddedPath } from '../../plan/decisions';

/** The package that the wrapper stands in front of. */
export const SHIMMED_PACKAGE = '@backstage/backend-plugin-api';
const NAMESPACE = 'stagedoor';

/** How the metafile names the wrapper around backend-plugin-api. */
export const SHIM_INPUT = `${NAMESPACE}:${SHIMMED_PACKAGE}`;

/** Packages whose files lie inside the bundle. */
export interface OwnPaths {
  /** From the folder of the output file to the bundle's top, e.g. `..`. */
  top: string;
  /** Names that mean the bundle itself. */
  own: string[];
  /** Names of inlined packages whose files lie in `embedded/`. */
  embedded: string[];
}

/**
 * Makes `resolvePackagePath`, with a name or with `import.meta.url`, and `require.resolve('<name>/package.json')` in bundled code answer for the plugin
 * itself and for inlined packages: the real function looks for them in the host's node_modules, where they are not.
 */
export function packagePathShim({ top, own, embedded }: OwnPaths): Plugin {
  const folders = Object.fromEntries([
    ...own.map((name) => [name, top]),
    ...embedded.map((name) => [name, `${top}/${embeddedPath(name)}`]),
  ]) as Record<string, string>;
  return {
    name: 'package-path-shim',
    setup(build) {
      build.onResolve({ filter: /^@backstage\/backend-plugin-api$/ }, ({ namespace }) =>
        namespace === NAMESPACE
          ? { path: SHIMMED_PACKAGE, external: true }
          : { path: SHIMMED_PACKAGE, namespace: NAMESPACE },
      );
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, () => ({
        contents: shimSource(folders, top),
        loader: 'js',
      }));
      build.onResolve({ filter: /\/package\.json$/ }, ({ path, kind }) => {
        const folder = kind === 'require-resolve' ? folders[path.replace(/\/package\.json$/, '')] : undefined;
        return folder === undefined ? undefined : { path: `${folder}/package.json`, external: true };
      });
    },
  };
}

/**
 * The wrapper as code. Its file URLs name the place of the calling module, as backend-plugin-api takes them since 1.12; they are
 * answered here because older hosts do not, and because bundled code lies in other folders than its package did.
 */
function shimSource(folders: Record<string, string>, top: string): string {
  return `const api = require(${JSON.stringify(SHIMMED_PACKAGE)});
const { existsSync, readFileSync } = require('node:fs');
const { dirname, join, relative, sep } = require('node:path');
const { fileURLToPath } = require('node:url');
const folders = new Map(Object.entries(${JSON.stringify(folders)}));
const top = join(__dirname, ${JSON.stringify(top)});
const isPackage = (dir) => {
  const file = join(dir, 'package.json');
  return existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name !== undefined;
};
const ownerOf = (file) => {
  const [first, second] = relative(top, file).split(sep);
  if (first === 'embedded') return join(top, first, second);
  if (first !== '..' && first !== 'node_modules') return top;
  for (let dir = dirname(file); ; dir = dirname(dir)) {
    if (isPackage(dir)) return dir;
    if (dirname(dir) === dir) throw new Error('No package.json found above ' + file);
  }
};
const resolvePackagePath = (name, ...paths) => {
  if (name.startsWith('file:')) return join(ownerOf(fileURLToPath(name)), ...paths);
  const folder = folders.get(name);
  return folder === undefined ? api.resolvePackagePath(name, ...paths) : join(__dirname, folder, ...paths);
};
module.exports = Object.defineProperties(
  {},
  { ...Object.getOwnPropertyDescriptors(api), resolvePackagePath: { value: resolvePackagePath, enumerable: true } },
);
`;
}
