import { packBundle } from '@stagedoor/bundle';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { fixtureBundle } from '../../support/bundles';
import { makeCertificate } from '../../support/certificate';
import { startProcess } from '../../support/childProcess';
import { stagedoorBin } from '../../support/commandLine';
import { makeTempDir, removeTempDir, tempDir } from '../../support/tempDir';

let home: string;
let archive: Buffer;
let integrity: string;
beforeAll(async () => {
  home = await makeTempDir();
  const bundle = await fixtureBundle(home, 'greeter', { files: { 'model.bin': randomBytes(3 * 1024 * 1024) } });
  const packed = await packBundle(bundle, join(home, 'greeter.tgz'));
  archive = await readFile(packed.file);
  integrity = packed.integrity;
});
afterAll(async () => {
  await removeTempDir(home);
});

/** Answers the request number `count` (from 0) of a connection of its own. */
type Peer = (socket: Socket, count: number) => void;

const length = (): string => `Content-Length: ${archive.length}\r\n`;
const half = (): Buffer => archive.subarray(0, archive.length / 2);

/** Servers that end a connection in every way that clients met; each works at the latest at the second request. */
const WORKING: Record<string, Peer> = {
  'speaks HTTP/1.0 with a length and closes': (socket) => {
    socket.write(`HTTP/1.0 200 OK\r\n${length()}\r\n`);
    socket.end(archive);
  },
  'speaks HTTP/1.0 without a length and closes': (socket) => {
    socket.write('HTTP/1.0 200 OK\r\n\r\n');
    socket.end(archive);
  },
  'closes after its answer': (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nConnection: close\r\n${length()}\r\n`);
    socket.end(archive);
  },
  'closes although it said that it would not': (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\n${length()}\r\n`);
    socket.end(archive);
  },
  'resets the connection in the middle, once': (socket, count) => {
    socket.write(`HTTP/1.1 200 OK\r\n${length()}\r\n`);
    if (count > 0) socket.end(archive);
    else socket.write(half(), () => setTimeout(() => socket.resetAndDestroy(), 50));
  },
  'ends its answer in the middle, once': (socket, count) => {
    socket.write(`HTTP/1.1 200 OK\r\n${length()}\r\n`);
    socket.end(count > 0 ? archive : half());
  },
  'closes before it answers, once': (socket, count) => {
    if (count === 0) return void socket.end();
    socket.write(`HTTP/1.1 200 OK\r\n${length()}\r\n`);
    socket.end(archive);
  },
  'sends pieces with trailers': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n');
    for (let at = 0; at < archive.length; at += 50_000) {
      const piece = archive.subarray(at, at + 50_000);
      socket.write(`${piece.length.toString(16)}\r\n`);
      socket.write(piece);
      socket.write('\r\n');
    }
    socket.end('0\r\nX-Sum: 1\r\n\r\n');
  },
  'drips, and closes': (socket) => {
    socket.write(`HTTP/1.0 200 OK\r\n${length()}\r\n`);
    const drip = (at: number): void => {
      if (at >= archive.length) return void socket.end();
      socket.write(archive.subarray(at, at + 100_000), () => setTimeout(() => drip(at + 100_000), 10));
    };
    drip(0);
  },
  'redirects and closes, then answers and closes': (socket, count) => {
    if (count === 0) return void socket.end('HTTP/1.0 302 Found\r\nLocation: /elsewhere.tgz\r\n\r\n');
    socket.write(`HTTP/1.0 200 OK\r\n${length()}\r\n`);
    socket.end(archive);
  },
};

/** Servers that never give the archive; what a command says of them. */
const FAILING: Record<string, { peer: Peer; says: RegExp }> = {
  'always ends its answer in the middle': {
    peer: (socket) => {
      socket.write(`HTTP/1.0 200 OK\r\n${length()}\r\n`);
      socket.end(half());
    },
    says: /^DOWNLOAD_FAILED$/,
  },
  'always resets the connection': {
    peer: (socket) => void socket.resetAndDestroy(),
    says: /^DOWNLOAD_FAILED$/,
  },
  'refuses early, and closes': {
    peer: (socket) => void socket.end('HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'),
    says: /^DOWNLOAD_FAILED$/,
  },
  'speaks something else': {
    peer: (socket) => void socket.end('220 mail.example.test ESMTP\r\n'),
    says: /^DOWNLOAD_FAILED$/,
  },
};

const DISKS = [
  ['a fast disk', 0],
  ['a slow disk', 4],
] as const;

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => new Promise<void>((done) => void server.close(() => done())));
  return (server.address() as AddressInfo).port;
}

function serving(peer: Peer): (socket: Socket) => void {
  let count = 0;
  return (socket) => {
    socket.on('error', () => undefined);
    // Of a request, its head is enough: none has a body.
    socket.once('data', () => peer(socket, count++));
  };
}

/** Installs the archive at an address; what the command prints as JSON, with its exit code. */
async function install(
  address: string,
  delayMs: number,
  { args = [], env = {} }: { args?: string[]; env?: Record<string, string> } = {},
): Promise<{ code: number | null; result: { error?: { code: string }; plugins?: unknown[] } }> {
  const dir = await tempDir();
  await writeFile(
    join(dir, 'dynamic-plugins.yaml'),
    JSON.stringify({ plugins: [{ package: `${address}/greeter.tgz`, integrity }] }),
  );
  const slowDisk = ['--require', join(import.meta.dirname, '../../support/slowDisk.cjs')];
  const command = startProcess(process.execPath, [...slowDisk, stagedoorBin, 'install', 'root', '--json', ...args], {
    cwd: dir,
    env: { SLOW_DISK_MS: String(delayMs), ...env },
  });
  const { code } = await command.exited;
  // Whatever happens, there is one object to read.
  const result = JSON.parse(command.stdout()) as { error?: { code: string }; plugins?: unknown[] };
  return { code, result };
}

for (const [disk, delayMs] of DISKS) {
  test.each(Object.entries(WORKING))(`An archive is installed to ${disk} from a server that %s`, async (_, peer) => {
    const port = await listen(createServer(serving(peer)));
    const { code, result } = await install(`http://127.0.0.1:${port}`, delayMs);
    expect(result).toMatchObject({ plugins: [{ action: 'added' }] });
    expect(code).toBe(0);
  });

  test(`An archive is installed to ${disk} from a server that ends TLS without a word`, async () => {
    const { certificate, key } = await makeCertificate(await tempDir(), 'IP:127.0.0.1');
    const tls = { cert: await readFile(certificate), key: await readFile(key) };
    const raw = new Map<number, Socket>();
    const server = createTlsServer(tls, (socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\n${length()}\r\n`);
        // The connection below goes, and nobody says that TLS is over.
        socket.write(archive, () => setTimeout(() => raw.get(socket.remotePort!)?.destroy(), 50));
      });
    });
    server.on('connection', (socket: Socket) => void raw.set(socket.remotePort!, socket));
    const port = await listen(server);
    const { code, result } = await install(`https://127.0.0.1:${port}`, delayMs, { args: ['--ca', certificate] });
    expect(result).toMatchObject({ plugins: [{ action: 'added' }] });
    expect(code).toBe(0);
  });

  test(`An archive is installed to ${disk} through a proxy that closes`, async () => {
    const proxy = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (head) => {
        expect(String(head)).toMatch(/^CONNECT bundles\.example\.test:80 /);
        socket.write('HTTP/1.0 200 Connection established\r\n\r\n');
        socket.once('data', () => WORKING['speaks HTTP/1.0 with a length and closes']!(socket, 0));
      });
    });
    const address = `http://127.0.0.1:${await listen(proxy)}`;
    const env = { HTTP_PROXY: address, http_proxy: address, NO_PROXY: '', no_proxy: '' };
    const { code, result } = await install('http://bundles.example.test', delayMs, { args: ['--insecure'], env });
    expect(result).toMatchObject({ plugins: [{ action: 'added' }] });
    expect(code).toBe(0);
  });
}

test.each(Object.entries(FAILING))(
  'A command ends with a coded error for a server that %s',
  async (_, { peer, says }) => {
    const port = await listen(createServer(serving(peer)));
    const { code, result } = await install(`http://127.0.0.1:${port}`, 0);
    expect(result.error?.code).toMatch(says);
    expect(code).toBe(1);
  },
);
