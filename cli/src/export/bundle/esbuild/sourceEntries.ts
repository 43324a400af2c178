import type { Plugin } from 'esbuild';
import { anyOf } from './externals';

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
