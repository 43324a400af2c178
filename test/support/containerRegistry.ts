import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { startProcess } from './childProcess';
import { debianProgram } from './debianProgram';
import { freePort } from './freePort';
import { makeTempDir, removeTempDir } from './tempDir';
import { waitFor } from './waitFor';

/** A user that a registry lets in. The hash is bcrypt, which its htpasswd file needs. */
export const REGISTRY_USER = {
  name: 'pusher',
  password: 'a pass:word',
  htpasswd: '$2b$04$ZM9pjpwSzk8.KLm7xoDCie3M15ARlf/ksJrvoIkjevRwV7KR.m3Zu',
};

/** Debian's docker-registry, with an empty storage of its own, on a loopback port. */
export interface ContainerRegistry {
  /** `127.0.0.1:<port>`. */
  host: string;
  stop(): Promise<void>;
}

/** What a registry may be started with. */
export interface RegistryOptions {
  /** Only {@link REGISTRY_USER} may do anything. */
  login?: boolean;
  /** Speak TLS, with these files. */
  tls?: { certificate: string; key: string };
  /** Be a cache in front of this registry, `host:port`. */
  behind?: string;
}

/** Starts a registry; the caller stops it. Needs Debian's package docker-registry. */
export async function startContainerRegistry(options: RegistryOptions = {}): Promise<ContainerRegistry> {
  const { login, tls, behind } = options;
  const program = debianProgram('docker-registry');
  const dir = await makeTempDir();
  const host = `127.0.0.1:${await freePort()}`;
  await writeFile(join(dir, 'htpasswd'), `${REGISTRY_USER.name}:${REGISTRY_USER.htpasswd}\n`);
  const config = {
    version: '0.1',
    log: { level: 'warn' },
    storage: { filesystem: { rootdirectory: join(dir, 'storage') } },
    http: { addr: host, ...(tls && { tls }) },
    ...(behind && { proxy: { remoteurl: `http://${behind}` } }),
    ...(login && { auth: { htpasswd: { realm: 'test', path: join(dir, 'htpasswd') } } }),
  };
  const file = join(dir, 'config.yml');
  await writeFile(file, JSON.stringify(config));
  const server = startProcess(program, ['serve', file], { cwd: dir, env: { OTEL_TRACES_EXPORTER: 'none' } });
  const stop = async (): Promise<void> => {
    await server.stop('SIGKILL');
    await removeTempDir(dir);
  };
  try {
    const port = Number(host.split(':')[1]);
    await waitFor('docker-registry to listen', async () => await listens(port));
  } catch (error) {
    await stop();
    throw new Error(server.output(), { cause: error });
  }
  return { host, stop };
}

async function listens(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
