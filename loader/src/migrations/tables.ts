/** The part of a knex client that is used. */
export interface KnexClient {
  client: { dialect?: string };
  raw(sql: string): Promise<unknown>;
  (table: string): KnexQuery;
}

interface KnexQuery extends PromiseLike<Array<Record<string, unknown>>> {
  withSchema(schema: string): KnexQuery;
  select(...columns: string[]): KnexQuery;
  limit(count: number): KnexQuery;
}

/** A table in which knex keeps the names of the migrations that were applied. */
export interface MigrationTable {
  /** With its schema, where there are schemas. */
  table: string;
  names: string[];
  /** Knex's lock is held, or its holder ended without releasing it. */
  locked: boolean;
}

/** More names than this are not compared: no plugin has as many migrations. */
const MOST_NAMES = 10_000;

/** The columns that knex gives such a table (knex, lib/migrations/migrate/table-creator.js), and no others. */
const COLUMNS = "'id', 'name', 'batch', 'migration_time'";

/**
 * Every table in a plugin's database with the columns of knex's migration tables, whatever its name. With `sharedDatabase`,
 * only in the schemas that the connection searches: the others belong to other plugins. Undefined for a database that cannot
 * be queried for tables.
 */
export async function readMigrationTables(
  knex: KnexClient,
  sharedDatabase: boolean,
): Promise<MigrationTable[] | undefined> {
  const places = await findTables(knex, sharedDatabase);
  if (!places) return undefined;
  return await Promise.all(
    places.map(async ({ schema, name }) => {
      const rowsOf = (table: string, column: string): KnexQuery => {
        const query = knex(table).select(column).limit(MOST_NAMES);
        return schema === undefined ? query : query.withSchema(schema);
      };
      const [rows, locks] = [await rowsOf(name, 'name'), await rowsOf(`${name}_lock`, 'is_locked')];
      return {
        table: schema === undefined ? name : `${schema}.${name}`,
        names: rows.flatMap((row) => (typeof row.name === 'string' ? [row.name] : [])),
        locked: locks.some((row) => Number(row.is_locked) === 1),
      };
    }),
  );
}

interface TablePlace {
  schema?: string;
  name: string;
}

async function findTables(knex: KnexClient, sharedDatabase: boolean): Promise<TablePlace[] | undefined> {
  const { dialect } = knex.client;
  if (dialect === 'sqlite3') return placesIn(await knex.raw(SQLITE));
  if (dialect === 'postgresql') return placesIn(await knex.raw(standardSql(sharedDatabase ? SEARCHED : NOT_OF_SYSTEM)));
  if (dialect === 'mysql') return placesIn(await knex.raw(standardSql('c.table_schema = database()')));
  return undefined;
}

const SQLITE = `
  select null as table_schema, t.name as table_name from sqlite_master t
  where t.type = 'table'
    and (select count(*) from pragma_table_info(t.name)) = 4
    and (select count(*) from pragma_table_info(t.name) c where c.name in (${COLUMNS})) = 4
    and exists (select 1 from sqlite_master l where l.type = 'table' and l.name = t.name || '_lock')`;

const SEARCHED = 'c.table_schema = any(current_schemas(false))';
const NOT_OF_SYSTEM = "c.table_schema not in ('pg_catalog', 'information_schema')";

function standardSql(where: string): string {
  return `
    select c.table_schema as table_schema, c.table_name as table_name
    from information_schema.columns c
    where ${where}
      and exists (
        select 1 from information_schema.columns l
        where l.table_schema = c.table_schema and l.table_name = concat(c.table_name, '_lock') and l.column_name = 'is_locked'
      )
    group by c.table_schema, c.table_name
    having count(*) = 4 and sum(case when c.column_name in (${COLUMNS}) then 1 else 0 end) = 4`;
}

/** Rows of an answer: a list with SQLite, `{rows}` with PostgreSQL, `[rows, fields]` with MySQL. */
function placesIn(answer: unknown): TablePlace[] {
  const listed = Array.isArray(answer) ? (answer as unknown[]) : (answer as { rows: unknown[] }).rows;
  const rows = Array.isArray(listed[0]) ? (listed[0] as unknown[]) : listed;
  return rows.map((row) => {
    const { table_schema: schema, table_name: name } = row as { table_schema: string | null; table_name: string };
    return { ...(schema !== null && { schema }), name };
  });
}
