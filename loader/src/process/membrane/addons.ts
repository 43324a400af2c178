import { deniedError } from './denied';
import { lock } from './lock';
import type { MembranePolicy } from './policy';
import { apply, realPath, slice, toText } from './primordials';
import { guardSqliteDriver, type SqliteDriver } from './sqliteDriver';

const DRIVER_FILE = '/better_sqlite3.node';

/** Loads the host's SQLite driver, guarded, and native code of bundles that contain some. Nothing else is loaded. */
export function guardAddons({ driverDir, database, nativeCode }: MembranePolicy): void {
  const load = process.dlopen as (...args: unknown[]) => void;
  lock(process, 'dlopen', function dlopen(module: { exports: unknown }, filename: unknown, ...flags: unknown[]) {
    const file = realPath(toText(filename));
    if (driverDir !== undefined && isBelow(file, driverDir) && endsWith(file, DRIVER_FILE)) {
      // A new object: plugin code that provides one could see the driver before it is guarded.
      const own = { exports: {} as SqliteDriver };
      apply(load, process, [own, file]);
      guardSqliteDriver(own.exports, database);
      module.exports = own.exports;
      return;
    }
    for (let index = 0; index < nativeCode.length; index++) {
      if (isBelow(file, nativeCode[index]!)) {
        apply(load, process, flags.length > 0 ? [module, file, flags[0]] : [module, file]);
        return;
      }
    }
    throw deniedError(`A confined process loads no native code but that of its own bundle: ${file}`);
  });
}

function isBelow(file: string, dir: string): boolean {
  return slice(file, 0, dir.length + 1) === `${dir}/`;
}

function endsWith(file: string, end: string): boolean {
  return file.length > end.length && slice(file, file.length - end.length, file.length) === end;
}
