/** @param {import('knex').Knex} knex */
exports.up = async (knex) => {
  await knex.schema.createTable('things', (table) => {
    table.increments('id');
    table.string('name', 200).notNullable();
    table.string('created_by').notNullable().comment('Entity ref of the user, or subject of the service');
    table.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
  });
  await knex.schema.createTable('thing_counts', (table) => {
    table.increments('id');
    table.integer('things').notNullable();
    table.timestamp('counted_at').notNullable().defaultTo(knex.fn.now());
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async (knex) => {
  await knex.schema.dropTable('thing_counts');
  await knex.schema.dropTable('things');
};
