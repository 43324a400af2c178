import type { Plugin } from 'esbuild';
import { isFurther, type Entry } from '../../plan/entries';

/** The entry point to give esbuild together with {@link entryPoints}. */
export const ENTRIES_SPECIFIER = 'stagedoor-entries';

/** File that holds the code of several entry points, below dist/. */
export const COMMON_OUTPUT = 'plugin.cjs.js';

/** One module with a function per entry point, so that code which they share is in the bundle once. */
export function entryPoints(entries: readonly Entry[], resolveDir: string): Plugin {
  const lines = entries.map(({ name, file }) => `exports.${name} = () => require(${JSON.stringify(file)});`);
  return {
    name: 'entry-points',
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${ENTRIES_SPECIFIER}$`) }, () => ({
        path: 'entries',
        namespace: ENTRIES_SPECIFIER,
      }));
      build.onLoad({ filter: /.*/, namespace: ENTRIES_SPECIFIER }, () => ({ contents: lines.join('\n'), resolveDir }));
    },
  };
}

const FILE_PREFIX = 'stagedoor-entry:';

/** A file as an entry point for esbuild together with {@link entryFile}: in a path esbuild takes a * for any text. */
export function asEntryPoint(file: string): string {
  return file.includes('*') ? FILE_PREFIX + encodeURIComponent(file) : file;
}

/** Resolves what {@link asEntryPoint} gives. */
export function entryFile(): Plugin {
  return {
    name: 'entry-file',
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${FILE_PREFIX}`) }, ({ path }) => ({
        path: decodeURIComponent(path.slice(FILE_PREFIX.length)),
      }));
    },
  };
}

/** The files that hosts load, by bundle path: each hands on its entry point of the common output. */
export function entryFiles(entries: readonly Entry[]): Map<string, Uint8Array> {
  const further = entries.filter(isFurther).map(({ name }) => name);
  const files = new Map<string, Uint8Array>();
  if (entries.some(({ name }) => name === 'alpha')) {
    files.set('dist/alpha/index.cjs.js', Buffer.from(handOn(`require('../${COMMON_OUTPUT}').alpha()`)));
  }
  const main = further.length > 0 ? withFeatures(further) : `require('./${COMMON_OUTPUT}').index()`;
  return files.set('dist/index.cjs.js', Buffer.from(handOn(main)));
}

function handOn(expression: string): string {
  return `'use strict';\n\nmodule.exports = ${expression};\n`;
}

/**
 * What hosts load where the features of a plugin are spread over several entry points: an installer, the form in which
 * backend-dynamic-feature-service takes more than one. An entry that hands on a feature of another counts once.
 */
function withFeatures(names: readonly string[]): string {
  const loads = names.map((name) => `entries.${name}()`).join(', ');
  return `((entries) => ({
  ...entries.index(),
  dynamicPluginInstaller: {
    kind: 'new',
    install: () => [
      ...new Set(
        [${loads}]
          .map((exported) => exported.default?.default ?? exported.default)
          .filter((feature) => /^@backstage\\/BackendFeature(Factory)?$/.test(feature?.$$type)),
      ),
    ],
  },
}))(require('./${COMMON_OUTPUT}'))`;
}
