exports.late = 'drivers by name';
exports.packages = ['typeorm', 'better-sqlite3', 'pg'];
exports.run = async () => {
  require('reflect-metadata');
  const { DataSource, EntitySchema } = require('typeorm');
  const Thing = new EntitySchema({
    name: 'thing',
    columns: { id: { type: Number, primary: true }, name: { type: String } },
  });
  const source = await new DataSource({
    type: 'better-sqlite3',
    database: ':memory:',
    synchronize: true,
    entities: [Thing],
  }).initialize();
  await source.getRepository('thing').save({ id: 1, name: 'a' });
  const found = await source.getRepository('thing').find();
  await source.destroy();
  const pg = await new DataSource({ type: 'postgres', host: '127.0.0.1', port: 9 })
    .initialize()
    .catch((error) => error.code);
  return [found, pg];
};
