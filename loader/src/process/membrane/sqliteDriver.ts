import { deniedError } from './denied';
import { lock } from './lock';
import { apply, construct, resolvePath } from './primordials';
import { reachesOtherFiles } from './sqlStatements';

/** The native side of better-sqlite3; its `lib/` calls nothing else. */
export interface SqliteDriver {
  Database: new (...args: unknown[]) => object;
}

/** What SQLite calls a database without a file of its own. */
const NO_FILE = { memory: ':memory:', temporary: '' };

/**
 * Has the native driver open one file only, and no other through SQL. Files of SQLite are its own business from then on: the
 * process needs no permission for them, so that no plugin can write a journal that SQLite would trust.
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
      // The driver takes nothing but texts.
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
