import { readFile } from 'node:fs/promises';
import { basename, posix, relative, sep } from 'node:path';
import type { Plugin } from 'esbuild';
import { loaderOf } from '../../analysis/parseModule';
import { embeddedPath } from '../../plan/decisions';
import type { ExportContext } from '../../plan/exportContext';

/** What the banner of an output defines: for each relocated module its folder, its file and its address. */
const PLACES = '__bundlePlaces';

/**
 * Gives `__dirname` and its relatives, in the modules that find files of their package from where they lie, the values
 * that they have in the package.
 */
export function relocatedModules({ decisions }: ExportContext): Plugin {
  const keys = new Map([...decisions.relocated.keys()].map((file, number) => [file, `p${number}`]));
  return {
    name: 'relocated-modules',
    setup(build) {
      if (keys.size === 0) return;
      const names = [...new Set([...keys.keys()].map((file) => basename(file).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')))];
      build.onLoad(
        { filter: new RegExp(`(?:^|[\\\\/])(?:${names.join('|')})$`), namespace: 'file' },
        async ({ path }) => {
          const key = keys.get(path);
          return key === undefined ? undefined : { contents: await relocated(path, key), loader: 'js' };
        },
      );
    },
  };
}

/** The code of a module with the names that {@link placesBanner} defines, and a source map to it. */
async function relocated(file: string, key: string): Promise<string> {
  const { transform } = await import('esbuild');
  const place = (kind: string): string => `${PLACES}.${key}.${kind}`;
  const { code } = await transform(await readFile(file, 'utf8'), {
    loader: loaderOf(file),
    define: {
      __dirname: place('dir'),
      __filename: place('file'),
      'import.meta.url': place('url'),
      'import.meta.dirname': place('dir'),
      'import.meta.filename': place('file'),
    },
    charset: 'utf8',
    sourcefile: basename(file),
    sourcemap: 'inline',
    sourcesContent: false,
    logLevel: 'silent',
  });
  return code;
}

/** The definitions for the output file at this bundle path, to follow its other ones; empty where it needs none. */
export function placesBanner(path: string, { plan, decisions }: ExportContext): string {
  if (decisions.relocated.size === 0) return '';
  const top = posix.relative(posix.dirname(path), '.') || '.';
  const places = [...decisions.relocated].map(([file, owner], number) => {
    const folder = owner.dir === plan.dir ? '' : (decisions.assets.get(owner.dir)?.to ?? embeddedPath(owner.name));
    const inPackage = relative(owner.dir, file).split(sep).join('/');
    return `p${number}: __bundlePlace(${JSON.stringify(posix.join(top, folder, inPackage))})`;
  });
  return ` const __bundlePlace = (path) => { const file = require("node:path").join(__bundleDir, path); return { file, dir: require("node:path").dirname(file), url: require("node:url").pathToFileURL(file).href }; }, ${PLACES} = { ${places.join(', ')} };`;
}
