import { readdir } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { attackAll, startIntruder, startVictims } from '../../support/intruder';
import { startPostgres } from '../../support/postgres';

test('A confined process opens no SQLite file but its own, and no other one through SQL or native code', async () => {
  const intruder = await startIntruder();
  const before = await readdir(intruder.directory);
  expect(before).toContain('auth.sqlite');
  const victims = await startVictims(intruder.directory);
  expect(await attackAll(intruder, 'sqlite', victims)).toEqual([]);
  expect(await readdir(intruder.directory)).toEqual(before);
});

test('A confined process keeps its rows in the file where an unconfined one has them', async () => {
  const first = await startIntruder();
  expect(await first.attempt('rows')).toEqual({ rows: 1 });
  const { directory, backend } = first;
  await backend.stop();
  const database = { client: 'better-sqlite3', connection: { directory } };
  for (const [permissionModel, rows] of [
    [false, 2],
    [true, 3],
  ] as const) {
    const next = await startIntruder(undefined, {
      backend: { database },
      dynamicPlugins: { plugins: { intruder: { permissionModel } } },
    });
    expect(await next.attempt('rows')).toEqual({ rows });
    await next.backend.stop();
  }
  expect(await readdir(directory)).toContain('intruder.sqlite');
});

test('A confined process reaches the PostgreSQL server that app-config names', async () => {
  const postgres = await startPostgres();
  onTestFinished(() => postgres.stop());
  const { POSTGRES_HOST: host, POSTGRES_PORT: port, POSTGRES_USER: user, POSTGRES_PASSWORD: password } = postgres.env;
  const { attempt } = await startIntruder(undefined, {
    backend: { database: { client: 'pg', connection: { host, port: Number(port), user, password } } },
  });
  expect(await attempt('rows')).toEqual({ rows: 1 });
});
