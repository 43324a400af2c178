import { access, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runProcess, startProcess } from './childProcess';
import { freePort } from './freePort';
import { makeTempDir, removeTempDir } from './tempDir';
import { waitFor } from './waitFor';

/** A verdaccio with an empty storage of its own, on a loopback port. Packages of `@secret/` are for users only. */
export interface Verdaccio {
  url: string;
  /** The token of a user. */
  token: string;
  /** Publishes the package in a folder. */
  publish(dir: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a verdaccio; the caller stops it. With `uplink`, the URL of a registry, it is a cache in front of that one. */
export async function startVerdaccio({ uplink }: { uplink?: string } = {}): Promise<Verdaccio> {
  const dir = await makeTempDir();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const config = {
    storage: join(dir, 'storage'),
    auth: { htpasswd: { file: join(dir, 'htpasswd'), max_users: 10 } },
    uplinks: { ...(uplink && { behind: { url: uplink } }) },
    packages: {
      '@secret/*': { access: '$authenticated', publish: '$authenticated' },
      '**': { access: '$all', publish: '$authenticated', ...(uplink && { proxy: 'behind' }) },
    },
    log: { type: 'stdout', format: 'json', level: 'warn' },
    web: { enable: false },
  };
  const file = join(dir, 'config.json');
  await writeFile(file, JSON.stringify(config));
  const program = createRequire(import.meta.url).resolve('verdaccio/bin/verdaccio');
  const server = startProcess(process.execPath, [program, '--config', file, '--listen', `127.0.0.1:${port}`], {
    cwd: dir,
  });
  const stop = async (): Promise<void> => {
    await server.stop('SIGKILL');
    await removeTempDir(dir);
  };
  try {
    await waitFor('verdaccio to answer', async () => (await fetch(`${url}-/ping`)).ok);
    const token = await signUp(url);
    const npmrc = join(dir, '.npmrc');
    await writeFile(npmrc, `registry=${url}\n//127.0.0.1:${port}/:_authToken=${token}\ncache=${join(dir, 'cache')}\n`);
    const publish = async (folder: string): Promise<void> => {
      await access(join(folder, 'package.json'));
      const args = ['publish', '--ignore-scripts', '--userconfig', npmrc];
      const { code, stderr } = await runProcess('npm', args, { cwd: folder });
      if (code !== 0) throw new Error(stderr);
    };
    return { url, token, publish, stop };
  } catch (error) {
    await stop();
    throw new Error(server.output(), { cause: error });
  }
}

async function signUp(url: string): Promise<string> {
  const answer = await fetch(`${url}-/user/org.couchdb.user:tester`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'tester', password: 'a password for tests' }),
  });
  const { token } = (await answer.json()) as { token?: string };
  if (!token) throw new Error(`verdaccio answers ${answer.status}`);
  return token;
}
