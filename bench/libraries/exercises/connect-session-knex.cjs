exports.late = 'migrations of its own on a knex of the plugin';
exports.packages = ['connect-session-knex', 'express-session', 'knex', 'better-sqlite3'];
exports.run = async () => {
  const { ConnectSessionKnexStore } = require('connect-session-knex');
  const knex = require('knex')({ client: 'better-sqlite3', connection: ':memory:', useNullAsDefault: true });
  const store = new ConnectSessionKnexStore({ knex, cleanupInterval: 0 });
  await new Promise((resolve, reject) =>
    store.set('a', { cookie: { maxAge: 1000 }, x: 1 }, (error) => (error ? reject(error) : resolve())),
  );
  const session = await new Promise((resolve, reject) =>
    store.get('a', (error, value) => (error ? reject(error) : resolve(value))),
  );
  await knex.destroy();
  return session.x;
};
