const BANNER =
  'const __bundleDir = __dirname, __bundleFile = __filename, __bundleUrl = require("node:url").pathToFileURL(__filename).href;';
const MODULE_BANNER =
  'import { createRequire as __bundleRequire } from "node:module"; import { fileURLToPath as __bundlePath } from "node:url"; const __bundleUrl = import.meta.url, __bundleFile = __bundlePath(__bundleUrl), __bundleDir = __bundlePath(new URL(".", __bundleUrl)).slice(0, -1), require = __bundleRequire(__bundleUrl);';

/**
 * What stands for `__dirname`, `__filename` and `import.meta.url` in an output: names that nothing else has, so that
 * their uses are known for sure. esbuild would leave `import.meta.url` empty in CommonJS.
 */
export const dirnameShim = {
  define: {
    'import.meta.url': '__bundleUrl',
    'import.meta.dirname': '__bundleDir',
    'import.meta.filename': '__bundleFile',
    __dirname: '__bundleDir',
    __filename: '__bundleFile',
  },
  /** The line that gives those names the place of the output file at this bundle path. */
  banner: (path: string): string => (isModule(path) ? MODULE_BANNER : BANNER),
};

/** True for an output that Node.js loads as an ES module. */
export function isModule(path: string): boolean {
  return path.endsWith('.mjs');
}
