import type { Plugin } from 'esbuild';

const SPECIFIER = 'stagedoor-module-url';
const IDENTIFIER = '__bundleUrl';

/** esbuild leaves `import.meta.url` empty in CommonJS; this gives it the URL of the output file. */
export const moduleUrl = {
  define: { 'import.meta.url': IDENTIFIER, 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
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
