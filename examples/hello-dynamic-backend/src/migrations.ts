import { resolvePackagePath } from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';

/** Migrates the tables of this plugin. Knex records the migrations that it ran in the same database. */
export async function migrate(client: Knex): Promise<void> {
  await client.migrate.latest({
    directory: resolvePackagePath('@stagedoor/hello-dynamic-backend', 'migrations'),
  });
}
