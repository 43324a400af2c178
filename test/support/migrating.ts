import { adminApi } from './adminApi';
import type { RunningBackend } from './backend';
import { dropFolder, fixtureBundle } from './bundles';
import { tempDir } from './tempDir';
import { waitFor } from './waitFor';

/** How a build of the fixture `migrates` is made. */
export interface MigratingBuild {
  /** Id of the plugin; its package is `<id>-dynamic`, and so is that of a module, with its own name. Default: `migrates`. */
  id?: string;
  /** Default: that of the plugin. */
  packageName?: string;
  version: string;
  /** Names of the migrations that create the tables beside the first, which creates `rows`. */
  further?: string[];
  /** How it finds them. Default: `resolvePackagePath`. */
  by?: 'resolvePackagePath' | '__dirname' | 'code';
  /** What it does after it has migrated. */
  then?: 'throws' | 'exits' | 'rolls back';
  /** The folders of its migrations, with what else knex is given. Default: `migrations` alone. */
  tables?: Array<{ folder: string; tableName?: string; schemaName?: string; names?: string[] }>;
  /** Whether it is a module for the plugin. */
  module?: boolean;
  sealed?: boolean;
  files?: Record<string, string>;
}

export const FIRST = '20250101_rows.js';

/** Makes a build of the fixture `migrates`; returns its folder. */
export async function migratingBuild(build: MigratingBuild): Promise<string> {
  const { id = 'migrates', version, further = [], by = 'resolvePackagePath', then, tables, module = false } = build;
  const inCode = ['rows', ...further];
  const folders = tables ?? [{ folder: 'migrations', names: further }];
  const files: Record<string, string> = { 'how.json': JSON.stringify({ by, then, tables, inCode }), ...build.files };
  if (by !== 'code') {
    for (const { folder, names = [] } of folders) {
      if (folder === 'migrations' && !module) files[`migrations/${FIRST}`] = creates('rows', 'text');
      for (const name of names) files[`${folder}/${name}`] = creates(name.replace(/\W/g, '_'), 'id');
    }
  }
  return await fixtureBundle(await tempDir(), 'migrates', {
    version,
    sealed: build.sealed,
    files,
    packageJson: {
      name: build.packageName ?? `${id}-dynamic`,
      backstage: { role: module ? 'backend-plugin-module' : 'backend-plugin', pluginId: id },
    },
  });
}

function creates(table: string, column: string): string {
  return `exports.up = (knex) => knex.schema.createTable('${table}', (table) => table.string('${column}'));
exports.down = (knex) => knex.schema.dropTable('${table}');
`;
}

/** Makes a build and drops it under the name of its package. */
export async function dropBuild(backend: Pick<RunningBackend, 'root'>, build: MigratingBuild): Promise<string> {
  const name = build.packageName ?? `${build.id ?? 'migrates'}-dynamic`;
  await dropFolder(await migratingBuild(build), backend.root, name);
  return name;
}

/** What a running build of the fixture says. */
export async function tell(
  backend: Pick<RunningBackend, 'get'>,
  path = '/',
  id = 'migrates',
): Promise<{ version: string; rows: string[]; completed?: number }> {
  const response = await backend.get(`/api/${id}${path}`);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as { version: string; rows: string[] };
}

interface Answer {
  operation?: { id: string; status: string; error?: { code: string; message: string } };
  error?: { code: string; message: string };
}

/** Rolls a plugin back; resolves with the operation when it has ended, or with the error that refused it. */
export async function rollBack(backend: RunningBackend, name: string): Promise<Answer> {
  const { call } = await adminApi(backend);
  const { body } = await call<Answer>('POST', `/plugins/${name}/rollback`);
  if (body.operation?.status !== 'running') return body;
  const { id } = body.operation;
  return await waitFor('the operation to end', async () => {
    const operation = (await call<NonNullable<Answer['operation']>>('GET', `/operations/${id}`)).body;
    return operation.status !== 'running' && { operation, error: operation.error };
  });
}
