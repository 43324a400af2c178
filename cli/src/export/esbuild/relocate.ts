import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, relative, sep } from 'node:path';
import type { Loader, Plugin } from 'esbuild';
import { escapeRegExp } from '../escapeRegExp';
import type { InstalledPackage } from '../installedPackage';

/** A source file that finds other files of its package from where it lies, and where those lie in the bundle. */
export interface Relocated {
  owner: InstalledPackage;
  /** From the folder of the output file to the bundle's counterpart of the package folder, e.g. `..`. */
  packageTop: string;
}

const DEFINE = {
  __dirname: '__ownDirname',
  __filename: '__ownFilename',
  'import.meta.dirname': '__ownDirname',
  'import.meta.filename': '__ownFilename',
  'import.meta.url': '__ownUrl',
};

/** Gives `__dirname` and its relatives in source files, by absolute path, the values they have in the package. */
export function relocatedSources(files: ReadonlyMap<string, Relocated>): Plugin {
  return {
    name: 'relocated-sources',
    setup(build) {
      if (files.size === 0) return;
      const any = [...files.keys()].map(escapeRegExp).join('|');
      build.onLoad({ filter: new RegExp(`^(${any})$`) }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        const loader = extname(path).replace(/^\.[cm]?/, '') as Loader;
        const { code, warnings } = await build.esbuild.transform(text, {
          loader,
          define: DEFINE,
          banner: prelude(path, files.get(path)!),
          sourcemap: 'inline',
          // Relative to the file itself: an absolute path with characters that URLs escape would show in the source map.
          sourcefile: basename(path),
          target: 'esnext',
        });
        return { contents: code, loader: 'js', warnings };
      });
    },
  };
}

function prelude(file: string, { owner, packageTop }: Relocated): string {
  const folder = relative(owner.dir, dirname(file)).split(sep).join('/');
  const name = file.slice(dirname(file).length + 1);
  return [
    `const __ownDirname = require("node:path").join(__dirname, ${JSON.stringify(packageTop)}, ${JSON.stringify(folder)});`,
    `const __ownFilename = require("node:path").join(__ownDirname, ${JSON.stringify(name)});`,
    `const __ownUrl = require("node:url").pathToFileURL(__ownFilename).href;`,
  ].join(' ');
}
