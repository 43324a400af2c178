import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { adminApi } from '../../support/adminApi';
import { startBackend, type BackendOptions, type RunningBackend } from '../../support/backend';
import { openEvents } from '../../support/eventStream';
import { FIRST, dropBuild, rollBack, tell, type MigratingBuild } from '../../support/migrating';
import { startPostgres } from '../../support/postgres';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';

const NAME = 'migrates-dynamic';
const SECOND = '20250201_second.js';
const THIRD = '20250301_third.js';
const WAYS = ['resolvePackagePath', '__dirname', 'code'] as const;

/** What `backend` of app-config says of each kind of database; what is in memory goes with the portal. */
async function databases(): Promise<Record<string, { database: object; lasts: boolean }>> {
  const postgres = await startPostgres();
  onTestFinished(() => postgres.stop());
  const { POSTGRES_HOST: host, POSTGRES_PORT: port, POSTGRES_USER: user, POSTGRES_PASSWORD: password } = postgres.env;
  const pg = { client: 'pg', connection: { host, port: Number(port), user, password } };
  return {
    'SQLite in memory': { database: { client: 'better-sqlite3', connection: ':memory:' }, lasts: false },
    'SQLite in files': {
      database: { client: 'better-sqlite3', connection: { directory: await tempDir() } },
      lasts: true,
    },
    'PostgreSQL with a database for each plugin': { database: pg, lasts: true },
    'PostgreSQL with a schema for each plugin': {
      database: { ...pg, pluginDivisionMode: 'schema', connection: { ...pg.connection, database: 'postgres' } },
      lasts: true,
    },
  };
}

async function files(): Promise<Pick<BackendOptions, 'backend'>> {
  return { backend: { database: { client: 'better-sqlite3', connection: { directory: await tempDir() } } } };
}

async function statusOf(backend: RunningBackend, name = NAME) {
  return (await backend.plugins()).find((status) => status.name === name);
}

/** Starts 1.0.0, which adds a row, and then 2.0.0, which migrates. */
async function upgraded(options: BackendOptions, build: Partial<MigratingBuild> = {}): Promise<RunningBackend> {
  const backend = await startBackend(options);
  await dropBuild(backend, { ...build, version: '1.0.0' });
  await backend.until(NAME, 'running', '1.0.0');
  expect((await tell(backend, '/add')).rows).toEqual(['1.0.0']);
  await dropBuild(backend, { further: [SECOND, THIRD], ...build, version: '2.0.0' });
  await backend.until(NAME, 'running', '2.0.0');
  expect(await statusOf(backend)).not.toHaveProperty('database');
  return backend;
}

test('An older build starts on the database that a newer one has migrated, keeps its rows, and says so: every database, every way to name migrations, after a rollback and a restart.', async () => {
  for (const [kind, { database, lasts }] of Object.entries(await databases())) {
    const home = await tempDir();
    const backend = await startBackend({ home, backend: { database } });
    for (const by of WAYS) {
      const id = `migrates-${by.replaceAll('_', '').toLowerCase()}`;
      const name = await dropBuild(backend, { id, by, version: '1.0.0' });
      await backend.until(name, 'running', '1.0.0');
      await tell(backend, '/add', id);
      await dropBuild(backend, { id, by, version: '2.0.0', further: [SECOND, THIRD] });
      await backend.until(name, 'running', '2.0.0');
      expect(await rollBack(backend, name), `${kind}, ${by}`).toMatchObject({ operation: { status: 'succeeded' } });
      expect(await tell(backend, '/add', id)).toMatchObject({ version: '1.0.0', rows: ['1.0.0', '1.0.0'] });
      expect(await statusOf(backend, name), `${kind}, ${by}`).toMatchObject({
        state: 'running',
        database: {
          version: '2.0.0',
          migrations: by === 'code' ? expect.any(Array) : [SECOND, THIRD],
          message: 'runs on a database that 2.0.0 has migrated (2 migrations)',
        },
      });
      await dropBuild(backend, { id, by, version: '1.0.0' });
    }
    await backend.stop();
    const again = await startBackend({ home, backend: { database } });
    for (const by of WAYS) {
      const id = `migrates-${by.replaceAll('_', '').toLowerCase()}`;
      const name = `${id}-dynamic`;
      await again.until(name, 'running', '1.0.0');
      const said = lasts
        ? { rows: ['1.0.0', '1.0.0'], status: { database: { version: '2.0.0' } } }
        : { rows: [], status: {} };
      expect(await tell(again, '/', id), `${kind}, ${by}`).toMatchObject({ version: '1.0.0', rows: said.rows });
      expect(await statusOf(again, name), `${kind}, ${by}`).toMatchObject(said.status);
      if (!lasts) expect(await statusOf(again, name)).not.toHaveProperty('database');
      // The newer one comes back to what it left.
      await dropBuild(again, { id, by, version: '2.0.0', further: [SECOND, THIRD] });
      await again.until(name, 'running', '2.0.0');
      expect(await statusOf(again, name)).not.toHaveProperty('database');
    }
    await again.stop();
  }
});

test('The log and the events tell of a build on a newer database once.', async () => {
  const backend = await upgraded(await files());
  const stream = await openEvents(backend);
  await rollBack(backend, NAME);
  const { eventIsDescribed, call } = await adminApi(backend);
  const { body } = await call<{ items: unknown[] }>('GET', '/plugins');
  expect(body.items).toHaveLength(1);
  const message = 'runs on a database that 2.0.0 has migrated (2 migrations)';
  await waitFor('the log', async () => backend.logs.some((line) => line.includes(message)));
  expect(backend.logs.filter((line) => line.includes(message))).toEqual([
    `warn ${NAME}@1.0.0 ${message}: ${SECOND}, ${THIRD}`,
  ]);
  await stream.next(({ data }) => (data as { type: string }).type === 'database');
  const events = stream.messages.map(({ data }) => data as { type: string }).filter(({ type }) => type === 'database');
  stream.close();
  for (const event of events) eventIsDescribed(event);
  expect(events).toEqual([
    expect.objectContaining({ type: 'database', plugin: NAME, version: '1.0.0', message }) as object,
  ]);
});

test('A build that migrates and then fails is reported with what it has applied, and what served goes on and starts again.', async () => {
  const options = await files();
  for (const [isolation, then] of [
    ['in-process', 'throws'],
    ['process', 'throws'],
    ['process', 'exits'],
  ] as const) {
    const home = await tempDir();
    const database = { client: 'better-sqlite3', connection: { directory: await tempDir() } };
    const backend = await startBackend({ ...options, home, backend: { database }, dynamicPlugins: { isolation } });
    await dropBuild(backend, { version: '1.0.0' });
    await backend.until(NAME, 'running', '1.0.0');
    await tell(backend, '/add');
    await dropBuild(backend, { version: '3.0.0', further: [THIRD], then });
    const failed = await backend.until(NAME, 'failed', '3.0.0');
    expect(failed, `${isolation} ${then}`).toMatchObject({
      code: then === 'throws' ? 'INIT_FAILED' : 'PROCESS_ENDED',
      message: expect.stringContaining(`Before it failed, it migrated the database (1 migration: ${THIRD}).`) as string,
      details: { migrated: [THIRD] },
      loaded: { version: '1.0.0' },
      database: { version: '3.0.0', migrations: [THIRD] },
    });
    expect(await tell(backend)).toMatchObject({ version: '1.0.0', rows: ['1.0.0'] });
    if (isolation === 'process') {
      const { pid } = failed!.process!;
      await backend.get('/api/migrates/exit').catch(() => {});
      await waitFor('the plugin to run in another process', async () => {
        const status = await statusOf(backend);
        return status?.process && status.process.pid !== pid;
      });
      expect(await tell(backend)).toMatchObject({ version: '1.0.0', rows: ['1.0.0'] });
    }
    await dropBuild(backend, { version: '1.0.0' });
    await backend.until(NAME, 'running', '1.0.0');
    await backend.stop();
    const again = await startBackend({ home, backend: { database }, dynamicPlugins: { isolation } });
    expect(await again.until(NAME, 'running', '1.0.0')).toMatchObject({ database: { version: '3.0.0' } });
    expect(await tell(again)).toMatchObject({ version: '1.0.0', rows: ['1.0.0'] });
    await again.stop();
  }
});

test('A module that is dropped beside an older build joins it on the newer database, and an older module starts on what a newer one has migrated.', async () => {
  const backend = await upgraded(await files());
  await rollBack(backend, NAME);
  const module = {
    packageName: 'migrates-module-dynamic',
    module: true,
    tables: [{ folder: 'more', tableName: 'module_migrations', names: ['1_module.js'] }],
  };
  await dropBuild(backend, { ...module, version: '1.0.0' });
  await backend.until(module.packageName, 'running', '1.0.0');
  expect(await tell(backend)).toMatchObject({ version: '1.0.0', rows: ['1.0.0'] });
  const newer = { ...module, tables: [{ ...module.tables[0]!, names: ['1_module.js', '2_module.js'] }] };
  await dropBuild(backend, { ...newer, version: '2.0.0' });
  await backend.until(module.packageName, 'running', '2.0.0');
  expect(await statusOf(backend)).toMatchObject({ database: { version: '2.0.0', migrations: [SECOND, THIRD] } });
  await dropBuild(backend, { ...module, version: '1.0.0' });
  await backend.until(module.packageName, 'running', '1.0.0');
  expect(await statusOf(backend, module.packageName)).toMatchObject({
    state: 'running',
    database: { version: '2.0.0', migrations: ['2_module.js'] },
  });
});

test('A replica that starts an older build while another one has migrated runs it, without knowing the newer build.', async () => {
  const postgres = await startPostgres();
  onTestFinished(() => postgres.stop());
  const { POSTGRES_HOST: host, POSTGRES_PORT: port, POSTGRES_USER: user, POSTGRES_PASSWORD: password } = postgres.env;
  const backend = { database: { client: 'pg', connection: { host, port: Number(port), user, password } } };
  for (const isolation of ['in-process', 'process']) {
    const id = `rolling-${isolation}`;
    const old = { id, version: '1.0.0', sealed: false };
    const home = await tempDir();
    const first = await startBackend({ home, backend, dynamicPlugins: { isolation } });
    const name = await dropBuild(first, old);
    await first.until(name, 'running', '1.0.0');
    await tell(first, '/add', id);
    const second = await startBackend({ backend, dynamicPlugins: { isolation } });
    await dropBuild(second, { id, version: '2.0.0', further: [SECOND] });
    await second.until(name, 'running', '2.0.0');
    await first.stop();
    const again = await startBackend({ home, backend, dynamicPlugins: { isolation } });
    expect(await again.until(name, 'running', '1.0.0')).toMatchObject({
      database: { migrations: [SECOND], message: 'runs on a database that a newer build has migrated (1 migration)' },
    });
    expect(await tell(again, '/add', id)).toMatchObject({ version: '1.0.0', rows: ['1.0.0', '1.0.0'] });
    expect(await tell(second, '/', id)).toMatchObject({ version: '2.0.0', rows: ['1.0.0', '1.0.0'] });
    await Promise.all([again.stop(), second.stop()]);
  }
});

test('Several migration tables, in schemas of their own as well, are told apart; a table that only a newer build has is left alone.', async () => {
  const { 'PostgreSQL with a database for each plugin': pg, 'SQLite in files': sqlite } = await databases();
  for (const [database, schemaName] of [
    [sqlite!.database, undefined],
    [pg!.database, 'apart'],
  ] as const) {
    const second = { folder: 'second/migrations', tableName: 'second_migrations', schemaName };
    const backend = await startBackend({ backend: { database } });
    const old = [{ folder: 'migrations' }, { ...second, names: ['1_apart.js'] }];
    const more = [
      { folder: 'migrations', names: [SECOND] },
      { ...second, names: ['1_apart.js', '2_apart.js'] },
      { folder: 'third', tableName: 'third_migrations', names: ['1_new.js'] },
    ];
    await dropBuild(backend, { version: '1.0.0', tables: old });
    await backend.until(NAME, 'running', '1.0.0');
    await tell(backend, '/add');
    await dropBuild(backend, { version: '2.0.0', tables: more });
    await backend.until(NAME, 'running', '2.0.0');
    expect(await rollBack(backend, NAME)).toMatchObject({ operation: { status: 'succeeded' } });
    expect(await tell(backend)).toMatchObject({ version: '1.0.0', rows: ['1.0.0'] });
    expect((await statusOf(backend))!.database!.migrations.sort()).toEqual(['1_new.js', SECOND, '2_apart.js'].sort());
    await backend.stop();
  }
});

test('With olderBuilds: refuse, an older build does not start on a newer database, and what serves goes on.', async () => {
  for (const isolation of ['in-process', 'process']) {
    const options = { ...(await files()), home: await tempDir() };
    const dynamicPlugins = { isolation, database: { olderBuilds: 'refuse' } };
    const backend = await upgraded({ ...options, dynamicPlugins });
    const refusal = {
      code: 'DATABASE_NEWER',
      message: expect.stringContaining(
        `2.0.0 has migrated the database of plugin 'migrates' (2 migrations: ${SECOND}, ${THIRD})`,
      ) as string,
    };
    expect(await rollBack(backend, NAME)).toMatchObject({ error: refusal });
    expect(await tell(backend, '/add')).toMatchObject({ version: '2.0.0', rows: ['1.0.0', '2.0.0'] });
    await dropBuild(backend, { version: '1.0.0' });
    expect(await backend.until(NAME, 'rejected', '1.0.0')).toMatchObject({ ...refusal, loaded: { version: '2.0.0' } });
    await backend.stop();
    const again = await startBackend({ ...options, dynamicPlugins });
    expect(await again.until(NAME, 'rejected', '1.0.0')).toMatchObject(refusal);
    await dropBuild(again, { version: '2.0.0', further: [SECOND, THIRD] });
    await again.until(NAME, 'running', '2.0.0');
    expect(await tell(again)).toMatchObject({ rows: ['1.0.0', '2.0.0'], completed: 3 });
    await again.stop();
  }
});

test('Where older builds are refused, a database that cannot be read is refused as well.', async () => {
  const directory = await tempDir();
  const backend = await startBackend({
    backend: { database: { client: 'better-sqlite3', connection: { directory } } },
    dynamicPlugins: { database: { olderBuilds: 'refuse' } },
  });
  await writeFile(
    join(directory, 'migrates.sqlite'),
    'This is not a database, and it is long enough to be read as one.'.repeat(40),
  );
  await dropBuild(backend, { version: '1.0.0' });
  expect(await backend.until(NAME, 'rejected', '1.0.0')).toMatchObject({ code: 'DATABASE_UNREADABLE' });
});

test('A migration that ended half way is named with the lock that it left, and the build that serves goes on.', async () => {
  const backend = await startBackend(await files());
  const halfWay = {
    'migrations/20250201_second.js': `
exports.config = { transaction: false };
exports.up = async (knex) => { await knex('knex_migrations_lock').update({ is_locked: 1 }); process.exit(3); };
exports.down = async () => {};`,
  };
  await dropBuild(backend, { version: '1.0.0' });
  await backend.until(NAME, 'running', '1.0.0');
  await backend.stop();
  const isolated = await startBackend({ ...(await files()), dynamicPlugins: { isolation: 'process' } });
  await dropBuild(isolated, { version: '1.0.0' });
  await isolated.until(NAME, 'running', '1.0.0');
  await dropBuild(isolated, { version: '2.0.0', files: halfWay });
  expect(await isolated.until(NAME, 'failed', '2.0.0')).toMatchObject({ code: 'PROCESS_ENDED' });
  expect(await tell(isolated, '/add')).toMatchObject({ version: '1.0.0', rows: ['1.0.0'] });
  await dropBuild(isolated, { version: '2.0.1', further: [THIRD] });
  expect(await isolated.until(NAME, 'rejected', '2.0.1')).toMatchObject({
    code: 'DATABASE_LOCKED',
    message: expect.stringContaining('knex_migrations_lock is locked') as string,
    loaded: { version: '1.0.0' },
  });
});

test('Names from a database are shown as text, never used as paths, and a build does not go back where a name is missing.', async () => {
  const backend = await startBackend(await files());
  const names = ['../../../../etc/passwd', '__proto__', 'with\u001b[31mcolour\nand lines.js'];
  const insert = `
exports.up = async (knex) => knex('knex_migrations').insert(${JSON.stringify(names)}.map((name) => ({ name, batch: 9 })));
exports.down = async () => {};`;
  await dropBuild(backend, { version: '1.0.0' });
  await backend.until(NAME, 'running', '1.0.0');
  await dropBuild(backend, { version: '2.0.0', files: { [`migrations/${SECOND}`]: insert } });
  await backend.until(NAME, 'running', '2.0.0');
  expect(await rollBack(backend, NAME)).toMatchObject({ operation: { status: 'succeeded' } });
  expect(await tell(backend)).toMatchObject({ version: '1.0.0' });
  const line = await waitFor('the log', async () => backend.logs.find((each) => each.includes('runs on a database')));
  expect(line).toContain('with\\u001b[31mcolour\\nand lines.js');
  await dropBuild(backend, { version: '1.0.1', then: 'rolls back' });
  expect(await backend.until(NAME, 'failed', '1.0.1')).toMatchObject({
    code: 'INIT_FAILED',
    message: expect.stringContaining('the following files are missing') as string,
  });
  expect(await tell(backend, '/add')).toMatchObject({ version: '1.0.0', rows: ['1.0.0'] });
});

test('A bundle that runs on no newer database says nothing of one, and what is removed is forgotten.', async () => {
  const backend = await upgraded(await files());
  expect(backend.logs.filter((line) => line.includes('runs on a database'))).toEqual([]);
  await rm(join(backend.root, NAME), { recursive: true });
  await backend.until(NAME, 'gone');
  await dropBuild(backend, { version: '1.0.0' });
  await backend.until(NAME, 'running', '1.0.0');
  expect(await statusOf(backend)).toMatchObject({ database: { version: '2.0.0' } });
  expect(await tell(backend)).toMatchObject({ rows: ['1.0.0'], completed: 3 });
  expect(FIRST < SECOND).toBe(true);
});
