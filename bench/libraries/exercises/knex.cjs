exports.late = 'dialects and drivers by name';
exports.packages = ['knex', 'pg', 'mysql2', 'better-sqlite3'];
exports.run = async () => {
  const knex = require('knex');
  const built = ['pg', 'mysql2'].map((client) => knex({ client })('t').where({ a: 1 }).limit(1).toString());
  const db = knex({ client: 'better-sqlite3', connection: ':memory:', useNullAsDefault: true });
  const rows = await db.raw('select 1 + 1 as two');
  await db.destroy();
  return [built, rows];
};
