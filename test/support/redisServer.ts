import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** What `rate-limit-redis` needs of a Redis server: it takes scripts, and counts how often they are run for a key. */
export interface RedisServer {
  url: string;
  /** Counted requests by key. */
  counts: ReadonlyMap<string, number>;
}

const SHA = 'a'.repeat(40);

/** Starts a {@link RedisServer} that lasts as long as this process; it speaks the protocol (RESP 2) with every client. */
export async function redisServer(): Promise<RedisServer> {
  const counts = new Map<string, number>();
  const answer = ([command = '', ...args]: string[]): string => {
    if (/^hello$/i.test(command)) return '-NOPROTO\r\n';
    if (/^script$/i.test(command)) return `$${SHA.length}\r\n${SHA}\r\n`;
    if (!/^evalsha$/i.test(command)) return '+OK\r\n';
    const key = args[2]!;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return `*2\r\n:${counts.get(key)}\r\n:60000\r\n`;
  };
  const server = createServer((socket) => {
    socket.unref();
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      text += chunk.toString();
      for (let parsed = parse(text); parsed; parsed = parse(text)) {
        text = parsed.rest;
        socket.write(answer(parsed.words));
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Not closed: Backstage's client does not end with its backend, and throws where its server does.
  server.unref();
  return { url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`, counts };
}

/** The first whole command: an array of bulk strings. */
function parse(text: string): { words: string[]; rest: string } | undefined {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (!head) return undefined;
  const words: string[] = [];
  let rest = text.slice(head[0].length);
  for (let left = Number(head[1]); left > 0; left -= 1) {
    const length = /^\$(\d+)\r\n/.exec(rest);
    const end = length ? length[0].length + Number(length[1]) : Infinity;
    if (rest.length < end + 2) return undefined;
    words.push(rest.slice(length![0].length, end));
    rest = rest.slice(end + 2);
  }
  return { words, rest };
}
