import type { Plugin } from 'esbuild';
import type { Entry } from '../entries';

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
