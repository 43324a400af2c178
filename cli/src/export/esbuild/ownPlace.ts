/**
 * esbuild leaves `import.meta.url` empty in CommonJS; here it is the URL of the output file. `__dirname` and `__filename`
 * get names that nothing else has, so that their uses in the output are known for sure.
 */
export const ownPlace = {
  banner: {
    js: 'const __bundleDir = __dirname, __bundleFile = __filename, __bundleUrl = require("node:url").pathToFileURL(__filename).href;',
  },
  /** The same for an output that Node.js loads as an ES module. */
  moduleBanner: {
    js: 'import { createRequire as __bundleRequire } from "node:module"; import { fileURLToPath as __bundlePath } from "node:url"; const __bundleUrl = import.meta.url, __bundleFile = __bundlePath(__bundleUrl), __bundleDir = __bundlePath(new URL(".", __bundleUrl)).slice(0, -1), require = __bundleRequire(__bundleUrl);',
  },
  define: {
    'import.meta.url': '__bundleUrl',
    'import.meta.dirname': '__bundleDir',
    'import.meta.filename': '__bundleFile',
    __dirname: '__bundleDir',
    __filename: '__bundleFile',
  },
};
