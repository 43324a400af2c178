import { deniedError } from './denied';
import { lock } from './lock';
import { apply, construct, resolvePath } from './primordials';
import { reachesOtherFiles } from './sqlStatements';

/** The native side of better-sqlite3; its `lib/` calls nothing else. */
export interface SqliteDriver {
  Database: new (...args: unknown[]) => object;
}

/** SQLite's names for databases without a file. */
const NO_FILE = { memory: ':memory:', temporary: '' };

/**
 * Restricts the native driver to one file, and forbids opening others through SQL. SQLite opens the file without the
 * permission model, so no plugin can write a journal that SQLite would trust.
 */
export function guardSqliteDriver(driver: SqliteDriver, file: string | undefined): void {
  const raw = driver.Database;
  const prototype = raw.prototype as Record<string, (...args: unknown[]) => unknown>;
  const Database = function Database(this: object, ...args: unknown[]) {
    const name = args[0];
    if (name !== NO_FILE.memory && name !== NO_FILE.temporary) {
      if (file === undefined || typeof name !== 'string' || resolvePath(name) !== file) {
        throw deniedError('A confined process opens no SQLite file but that of its plugin.');
      }
      args[0] = file;
    }
    return construct(raw, args, raw);
  };
  Database.prototype = prototype;
  lock(prototype, 'constructor', Database);
  for (const name of ['prepare', 'exec']) {
    const original = prototype[name]!;
    lock(prototype, name, function run(this: object, ...args: unknown[]) {
      const sql = args[0];
      // The driver accepts only strings.
      if (typeof sql === 'string' && reachesOtherFiles(sql)) {
        throw deniedError('A confined process runs no ATTACH and no VACUUM INTO.');
      }
      return apply(original, this, args);
    });
  }
  for (const name of ['backup', 'loadExtension']) {
    lock(prototype, name, () => {
      throw deniedError(`A confined process calls no ${name}() of its database.`);
    });
  }
  lock(driver, 'Database', Database);
}
