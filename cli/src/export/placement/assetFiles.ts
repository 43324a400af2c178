import { readdirSync, statSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { isInside } from '@stagedoor/bundle';

const CODE = /^\.([cm]?jsx?|node)$/;
const RESOLVED = ['', '.js', '.cjs', '.mjs', '.node'];
/** A folder with more files is not what a package would read for data. */
const MAX_FILES = 500;

/** The code file that `path` names as `require` would complete it; undefined where it is data, a folder or nothing. */
export function codeAt(path: string): string | undefined {
  const built = RESOLVED.map((extension) => path + extension).filter((file) => CODE.test(extname(file)));
  // What source code calls worker.js is worker.ts until it is compiled.
  const sources = built.filter((file) => file.endsWith('js')).map((file) => file.replace(/js$/, 'ts'));
  return [...built, ...sources].find((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
}

/**
 * The data files that reading `path` in the package folder `top` can lead to: that file and, because data refers to
 * data, what lies beside it; or all of a folder. Undefined where code is among them.
 */
export function assetsAt(path: string, top: string): string[] | undefined {
  if (!isInside(top, path)) return undefined;
  const info = statSync(path, { throwIfNoEntry: false });
  if (!info) return undefined;
  if (info.isDirectory()) return path === top ? undefined : dataBelow(path);
  return [path, ...dataBeside(path, top)];
}

function dataBeside(file: string, top: string): string[] {
  const folder = dirname(file);
  // What lies at the top, or beside code, are other things than data that belong together.
  return folder === top ? [] : (dataBelow(folder) ?? []);
}

function dataBelow(folder: string): string[] | undefined {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
  if (entries.length > MAX_FILES) return undefined;
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  if (files.some((file) => CODE.test(extname(file)) || file.includes('/node_modules/', folder.length)))
    return undefined;
  return files.filter((file) => !file.endsWith('.map'));
}
