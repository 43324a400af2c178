import { chown, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProcess, startProcess } from './childProcess';
import { freePort } from './freePort';
import { makeSharedTempDir, makeTempDir, removeTempDir } from './tempDir';
import { waitFor } from './waitFor';

const DEBIAN_VERSIONS = '/usr/lib/postgresql';
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
  const bin = await binaries();
  const owner = await serverUser();
  const dir = owner ? await makeSharedTempDir() : await makeTempDir();
  const data = join(dir, 'data');
  const passwordFile = join(dir, 'password');
  await mkdir(data);
  await writeFile(passwordFile, PASSWORD);
  if (owner) for (const path of [dir, data, passwordFile]) await chown(path, owner.uid, owner.gid);

  const initdb = ['-D', data, '-U', USER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--no-sync'];
  const made = await runProcess(join(bin, 'initdb'), initdb, { cwd: dir, ...owner });
  if (made.code !== 0) throw new Error(`initdb ended with ${made.code}: ${made.stderr}`);

  const port = await freePort();
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
  const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
  const server = startProcess(join(bin, 'postgres'), args, { cwd: dir, ...owner });

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

/** The newest installed version's folder of server programs. */
async function binaries(): Promise<string> {
  const versions = await readdir(DEBIAN_VERSIONS).catch(() => []);
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  if (!newest) throw new Error('PostgreSQL is not installed: apt-get install postgresql');
  return join(DEBIAN_VERSIONS, newest, 'bin');
}

/** PostgreSQL refuses to run as root; the Debian package makes a user for it. */
async function serverUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const ask = async (flag: string) => Number((await runProcess('id', [flag, 'postgres'])).stdout);
  return { uid: await ask('-u'), gid: await ask('-g') };
}
