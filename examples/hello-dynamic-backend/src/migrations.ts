import { resolvePackagePath } from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';

/** Brings the tables of this plugin up to date. Knex keeps its own account of what it ran, in the same database. */
export async function migrate(client: Knex): Promise<void> {
  await client.migrate.latest({
    directory: resolvePackagePath('@stagedoor/hello-dynamic-backend', 'migrations'),
  });
}
