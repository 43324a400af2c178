import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { getPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { BackendOptions, RunningBackend } from './backend';
import { startIsolating } from './faulty';
import { drop } from './greeter';
import { repository } from './repository';
import { tempDir } from './tempDir';

/** Package name of test/fixtures/bundles/intruder. */
export const INTRUDER = 'intruder-dynamic';

const require = createRequire(import.meta.url);
const fixture = require(join(repository, 'test/fixtures/bundles/intruder/attempt.cjs')) as {
  names(word: string): string[];
};

/** What came of an attack. */
export interface Outcome {
  done?: unknown;
  error?: string | number;
  message?: string;
}

/** What attacks are aimed at, and what arrived there. */
export interface Victims {
  aim: Record<string, unknown> & { port: number; allowedPort: number; socket: string };
  /** Connections, datagrams and signals so far. */
  reached(): Record<'tcp' | 'udp' | 'pipe' | 'signals', number>;
}

/** A backend with the fixture `intruder` in a confined process, with SQLite files in `directory`. */
export interface Intruder {
  backend: RunningBackend;
  directory: string;
  attempt(name: string, aim?: object, options?: { thread: boolean }): Promise<Outcome>;
}

/** Starts a server of each kind, and a process, that a confined plugin must not reach; and one that it may where it is listed. */
export async function startVictims(directory = '/none'): Promise<Victims> {
  const reached = { tcp: 0, udp: 0, pipe: 0, signals: 0 };
  const tcp = createServer((socket) => {
    reached.tcp++;
    socket.on('error', () => {}).destroy();
  });
  const allowed = createHttpServer((_, response) => response.end('ok'));
  const pipe = createServer((socket) => {
    reached.pipe++;
    socket.destroy();
  });
  const udp = createSocket('udp4').on('message', () => reached.udp++);
  const dir = await tempDir();
  const socket = join(dir, 'other.sock');
  await Promise.all([
    once(tcp.listen(0, '::'), 'listening'),
    once(allowed.listen(0, '127.0.0.1'), 'listening'),
    once(pipe.listen(socket), 'listening'),
    once(udp.bind(0), 'listening'),
  ]);
  const sleeper = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
  sleeper.once('exit', () => reached.signals++);
  onTestFinished(() => {
    for (const server of [tcp, allowed, pipe, udp]) server.close();
    sleeper.kill('SIGKILL');
  });
  const file = join(dir, 'secret');
  await writeFile(file, 'secret');
  const pid = sleeper.pid!;
  const port = (tcp.address() as AddressInfo).port;
  const allowedPort = (allowed.address() as AddressInfo).port;
  const aim = {
    ...{ pid, port, allowedPort, udpPort: udp.address().port, socket, file, directory },
    database: join(directory, 'auth.sqlite'),
    own: join(directory, 'intruder.sqlite'),
    driverDir: realpathSync(dirname(require.resolve('better-sqlite3/package.json'))),
  };
  const priority = getPriority(pid);
  return { aim, reached: () => ({ ...reached, signals: reached.signals + (getPriority(pid) === priority ? 0 : 1) }) };
}

/** Starts the backend; `connect` is the setting of the plugin. */
export async function startIntruder(connect?: string[], options: BackendOptions = {}): Promise<Intruder> {
  const directory = join(await tempDir(), 'data');
  const backend = await startIsolating({
    backend: { database: { client: 'better-sqlite3', connection: { directory } } },
    ...options,
    dynamicPlugins: { plugins: { intruder: { permissionModel: true, connect } }, ...options.dynamicPlugins },
  });
  await drop(backend, 'intruder');
  await backend.until(INTRUDER, 'running');
  const attempt: Intruder['attempt'] = async (name, aim = {}, { thread } = { thread: false }) => {
    const url = `${backend.url}/api/intruder/${name}${thread ? '?thread' : ''}`;
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(aim) });
    return (await response.json()) as Outcome;
  };
  return { backend, directory, attempt };
}

/** Tries every attack whose name begins with `word`, in the main thread and in another one; returns those that got through. */
export async function attackAll({ attempt }: Intruder, word: string, { aim }: Victims): Promise<string[]> {
  const names = fixture.names(word);
  const through: string[] = [];
  for (const thread of [false, true]) {
    for (const name of names) {
      const outcome = await attempt(name, aim, { thread });
      const denied = outcome.error !== undefined && !['NO_SUCH_ATTACK', 'EXIT'].includes(String(outcome.error));
      if (!denied) through.push(`${name}${thread ? ' in a thread' : ''}: ${JSON.stringify(outcome)}`);
    }
  }
  return names.length > 0 ? through : [`no attack is called ${word}…`];
}
