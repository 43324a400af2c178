import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runProcess, startProcess } from './childProcess';
import { debianProgram } from './debianProgram';
import { freePort } from './freePort';
import { makeTempDir, removeTempDir } from './tempDir';
import { runUnprivileged, unprivileged } from './unprivileged';
import { waitFor } from './waitFor';

const USER = 'portal';
const PASSWORD = 'a password: with #signs';

/** A running PostgreSQL server. */
export interface Postgres {
  /** The variables that portal/app-config.production.yaml reads. */
  env: Record<'POSTGRES_HOST' | 'POSTGRES_PORT' | 'POSTGRES_USER' | 'POSTGRES_PASSWORD', string>;
  /** Runs one statement in a database; one line per row, columns separated by `|`. */
  query(database: string, sql: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a PostgreSQL server with an empty cluster of its own on a free port. Needs Debian's package postgresql. */
export async function startPostgres(): Promise<Postgres> {
  const bin = dirname(debianProgram('postgres'));
  const dir = await makeTempDir();
  const data = join(dir, 'data');
  const passwordFile = join(dir, 'password');
  await mkdir(data);
  await writeFile(passwordFile, PASSWORD);

  const initdb = ['-D', data, '-U', USER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--no-sync'];
  // PostgreSQL refuses to run as root.
  const made = await runUnprivileged(join(bin, 'initdb'), initdb, { cwd: dir });
  if (made.code !== 0) throw new Error(`initdb ended with ${made.code}: ${made.stderr}`);

  const port = await freePort();
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
  const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
  const [program, ...rest] = [...unprivileged(), join(bin, 'postgres'), ...args];
  const server = startProcess(program!, rest, { cwd: dir });

  const query: Postgres['query'] = async (database, sql) => {
    const psql = ['-h', '127.0.0.1', '-p', String(port), '-U', USER, '-d', database, '-XAt', '-c', sql];
    const answer = await runProcess(join(bin, 'psql'), psql, { env: { PGPASSWORD: PASSWORD } });
    if (answer.code !== 0) throw new Error(answer.stderr);
    return answer.stdout.trimEnd();
  };
  const stop = async () => {
    // A fast shutdown: sessions are ended, not waited for.
    await server.stop('SIGINT');
    await removeTempDir(dir);
  };
  try {
    await waitFor('PostgreSQL to answer', () => query('postgres', 'select 1'));
  } catch (error) {
    await stop();
    throw new Error(server.output(), { cause: error });
  }
  return {
    env: {
      POSTGRES_HOST: '127.0.0.1',
      POSTGRES_PORT: String(port),
      POSTGRES_USER: USER,
      POSTGRES_PASSWORD: PASSWORD,
    },
    query,
    stop,
  };
}
