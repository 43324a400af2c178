exports.late = 'drivers, naming strategies and metadata caches';
exports.packages = ['@mikro-orm/core', '@mikro-orm/sqlite'];
exports.run = async () => {
  const { MikroORM, EntitySchema } = await import('@mikro-orm/sqlite');
  const Thing = new EntitySchema({
    name: 'Thing',
    properties: { id: { type: 'number', primary: true }, name: { type: 'string' } },
  });
  const orm = await MikroORM.init({ dbName: ':memory:', entities: [Thing] });
  const sql = await (orm.schema ?? orm.getSchemaGenerator()).getCreateSchemaSQL();
  await orm.close(true);
  return sql;
};
