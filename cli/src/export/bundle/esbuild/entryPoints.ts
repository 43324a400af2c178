import type { Plugin } from 'esbuild';
import type { Entry } from '../../plan/entries';

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
  return new Map(
    entries.map(({ name }) => {
      const [path, top] = name === 'index' ? ['dist/index.cjs.js', '.'] : [`dist/${name}/index.cjs.js`, '..'];
      const code = `'use strict';\n\nmodule.exports = require('${top}/${COMMON_OUTPUT}').${name}();\n`;
      return [path, Buffer.from(code)];
    }),
  );
}
