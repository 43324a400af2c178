import type { Plugin } from 'esbuild';

const SPECIFIER = 'stagedoor-module-url';
const IDENTIFIER = '__bundleUrl';

/**
 * esbuild leaves `import.meta.url` empty in CommonJS; this gives it the URL of the output file. `__dirname` and
 * `__filename` get names that nothing else has, so that their uses in the output are known for sure.
 */
export const moduleUrl = {
  banner: { js: 'const __bundleDir = __dirname, __bundleFile = __filename;' },
  define: {
    'import.meta.url': IDENTIFIER,
    'import.meta.dirname': '__bundleDir',
    'import.meta.filename': '__bundleFile',
    __dirname: '__bundleDir',
    __filename: '__bundleFile',
  },
  inject: [SPECIFIER],
  plugin: {
    name: 'module-url',
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${SPECIFIER}$`) }, () => ({
        path: 'module-url',
        namespace: SPECIFIER,
        sideEffects: false,
      }));
      build.onLoad({ filter: /.*/, namespace: SPECIFIER }, () => ({
        contents: `import { pathToFileURL } from 'node:url';
export const ${IDENTIFIER} = /* @__PURE__ */ (() => pathToFileURL(__filename).href)();`,
        loader: 'js',
      }));
    },
  } satisfies Plugin,
};
