exports.late = 'migrations from a folder';
exports.packages = ['kysely', 'better-sqlite3'];
exports.run = async () => {
  const { Kysely, SqliteDialect, Migrator, FileMigrationProvider } = await import('kysely');
  const fs = require('node:fs');
  const path = require('node:path');
  fs.mkdirSync('m');
  fs.writeFileSync('m/1.js', "exports.up = (db) => db.schema.createTable('t').addColumn('a', 'integer').execute();");
  const db = new Kysely({ dialect: new SqliteDialect({ database: require('better-sqlite3')(':memory:') }) });
  const migrator = new Migrator({
    db,
    provider: new FileMigrationProvider({ fs: fs.promises, path, migrationFolder: path.resolve('m') }),
  });
  const { results } = await migrator.migrateToLatest();
  return [results.map(({ status }) => status), db.selectFrom('t').select('a').compile().sql];
};
