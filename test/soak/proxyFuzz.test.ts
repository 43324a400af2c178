import express, { type Request, type Response as ExpressResponse } from 'express';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { ChildAgent } from '../../loader/src/process/proxy/agent';
import { restoreClient } from '../../loader/src/process/proxy/client';
import { forward } from '../../loader/src/process/proxy/forward';
import { hostileConversation, randomFrom, type Conversation } from '../support/hostileRequests';
import { patience } from '../support/patience';
import { tempDir } from '../support/tempDir';
import { full, report } from './size';

const SEED = Number(process.env.STAGEDOOR_SEED ?? Date.now() % 2 ** 31);
const CONVERSATIONS = full ? 20_000 : 300;
/** A server that says nothing for so many turns waits for more bytes: both run in this process, however slow it is. */
const QUIET_TURNS = 20;

/** A request as a plugin saw it. */
interface Seen {
  id: string;
  method: string | undefined;
  url: string | undefined;
  headers: string[];
  body: string;
  complete: boolean;
}

/** A plugin that writes down what it sees, and answers each request with its id. */
class Recorder {
  readonly seen: Seen[] = [];

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url!, 'http://localhost');
    const id = url.searchParams.get('id') ?? '?';
    const chunks: Buffer[] = [];
    const seen: Seen = {
      id,
      method: request.method,
      url: request.url,
      headers: meaningful(request),
      body: '',
      complete: false,
    };
    this.seen.push(seen);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('close', () => {
      seen.body = Buffer.concat(chunks).toString('latin1');
      seen.complete = request.complete;
    });
    const route = url.pathname.slice(1);
    if (route === 'early') response.writeHead(413, { 'x-id': id }).end(`early ${id}`);
    else request.on('end', () => void answer(route, id, response));
  };

  /** What was seen, in the order of the ids: requests of one connection may be under way at the same time. */
  take(): Seen[] {
    return this.seen.splice(0).sort((one, other) => one.id.localeCompare(other.id));
  }
}

async function answer(route: string, id: string, response: ServerResponse): Promise<void> {
  if (route === 'late') await sleep(5);
  response.setHeader('x-id', id);
  if (route === 'nothing') return void response.writeHead(204).end();
  if (route === 'stream') {
    response.write('stream ');
    await sleep(2);
    response.write(id);
    return void response.end();
  }
  response.end(`${route} ${id}`);
}

/** Headers of a connection, and those that a proxy may word anew. */
const OF_CONNECTION = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'upgrade', 'transfer-encoding', 'content-length'],
  ...['x-stagedoor-client', 'trailer', 'expect'],
]);

function meaningful({ rawHeaders }: IncomingMessage): string[] {
  return rawHeaders.flatMap((name, index) =>
    index % 2 === 0 && !OF_CONNECTION.has(name.toLowerCase()) ? [`${name}: ${rawHeaders[index + 1]}`] : [],
  );
}

const [direct, behind] = [new Recorder(), new Recorder()];
/** Requests to the child that the proxy did not write. */
const strangers: string[] = [];

/** A plain server, and one that forwards to a child as the portal does; their ports. */
async function startServers(): Promise<[plainPort: number, proxyPort: number]> {
  const socketPath = join(await tempDir(), 'child.sock');
  const child = createServer((request, response) => {
    if (restoreClient(request)) return behind.handle(request, response);
    strangers.push(String(request.url));
    request.destroy();
  });
  child.keepAliveTimeout = 0;
  const agent = new ChildAgent();
  const app = express().disable('x-powered-by').disable('etag');
  app.use((request: Request, response: ExpressResponse) =>
    forward(request, response, { socketPath, agent }, () => void response.status(503).end('broken')),
  );
  const [plain, proxy] = [createServer(direct.handle), createServer(app)];
  await new Promise<void>((resolve) => child.listen(socketPath, resolve));
  for (const server of [plain, proxy]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => [child, plain, proxy].forEach(endServer));
  return [(plain.address() as AddressInfo).port, (proxy.address() as AddressInfo).port];
}

function endServer(server: Server): void {
  server.close();
  server.closeAllConnections();
}

/** What came back, as status, id and body of each answer, in order; as many as are `expected` are waited for longer. */
async function converse(port: number, { pieces, leaves }: Conversation, expected = 0): Promise<string[]> {
  const socket = connect(port, '127.0.0.1').setNoDelay();
  let text = '';
  let quietTurns = 0;
  let closed = false;
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    quietTurns = 0;
  });
  socket.on('error', () => {});
  socket.on('close', () => (closed = true));
  for (const piece of pieces) {
    if (!closed) socket.write(piece);
    await sleep(1);
  }
  quietTurns = 0;
  const giveUp = performance.now() + patience.effectMs;
  const waits = (): boolean =>
    quietTurns < QUIET_TURNS || (answersIn(text).length < expected && performance.now() < giveUp);
  for (; !leaves && !closed && waits(); quietTurns++) await sleep(2);
  socket.destroy();
  return answersIn(text);
}

/** The answers in what a server wrote: framing as it announced it. */
function answersIn(text: string): string[] {
  const answers: string[] = [];
  for (let rest = text; rest !== '';) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return [...answers, 'half a head'];
    const head = rest.slice(0, end + 2);
    rest = rest.slice(end + 4);
    const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
    if (status === '100') continue;
    const id = /^x-id: (.*)\r$/im.exec(head)?.[1];
    const bodyless = status === '204' || status === '304' || (id !== undefined && headIds.has(id));
    let body = '';
    if (!bodyless) [body, rest] = bodyOf(head, rest);
    answers.push([status, id, body].join(' | '));
  }
  return answers;
}

function bodyOf(head: string, rest: string): [body: string, rest: string] {
  const length = /^content-length: (\d+)\r$/im.exec(head)?.[1];
  if (length !== undefined) return [rest.slice(0, Number(length)), rest.slice(Number(length))];
  if (!/^transfer-encoding: chunked\r$/im.test(head)) return ['', rest];
  let body = '';
  for (;;) {
    const line = rest.indexOf('\r\n');
    const size = Number.parseInt(rest.slice(0, line), 16);
    if (line < 0 || Number.isNaN(size)) return [`${body}…`, ''];
    body += rest.slice(line + 2, line + 2 + size);
    rest = rest.slice(line + 2 + size + 2);
    if (size === 0) return [body, rest];
  }
}

/** Ids of requests with the method HEAD of the conversation under way. */
let headIds = new Set<string>();

/** What has come to rest: a body may still be on its way to whoever writes it down. */
async function settled(recorder: Recorder): Promise<Seen[]> {
  for (let before = -1; before !== recorder.seen.length; await sleep(4)) before = recorder.seen.length;
  return recorder.take();
}

test(
  `${CONVERSATIONS} hostile conversations are seen and answered as by a plain server`,
  { timeout: patience.longTestMs * 4 },
  async () => {
    console.info(`STAGEDOOR_SEED=${SEED}`);
    const [plainPort, proxyPort] = await startServers();
    const random = randomFrom(SEED);
    let requests = 0;
    for (let turn = 0; turn < CONVERSATIONS; turn++) {
      const conversation = hostileConversation(random, `c${turn}`);
      const sent = Buffer.concat(conversation.pieces).toString('latin1');
      headIds = new Set([...sent.matchAll(/^HEAD \/\w+\?id=(\S+) /gm)].map((match) => match[1]!));
      const canary = fetch(`http://127.0.0.1:${proxyPort}/late?id=canary${turn}`, {
        headers: { authorization: `Bearer canary${turn}` },
      }).then((response) => response.text());
      const wanted = await converse(plainPort, conversation);
      const got = await converse(proxyPort, conversation, wanted.length);
      expect(await canary).toBe(`late canary${turn}`);
      const [seenDirect, all] = [await settled(direct), await settled(behind)];
      const seenBehind = all.filter(({ id }) => !id.startsWith('canary'));
      requests += seenDirect.length;
      const where = `seed ${SEED}, conversation ${turn}:\n${JSON.stringify(sent.slice(0, 3000))}`;
      compare({ wanted, got, seenDirect, seenBehind, leaves: conversation.leaves, sent, where });
    }
    expect(strangers).toEqual([]);
    report('proxy', { seed: SEED, conversations: CONVERSATIONS, alike, requests });
    expect(requests).toBeGreaterThan(CONVERSATIONS / 2);
    expect(alike).toBeGreaterThan(CONVERSATIONS / 3);
  },
);

interface Outcome {
  wanted: string[];
  got: string[];
  seenDirect: Seen[];
  seenBehind: Seen[];
  leaves: boolean;
  sent: string;
  where: string;
}

/** Counts those that ended as they would with a plain server, to the last answer. */
let alike = 0;

function compare({ wanted, got, seenDirect, seenBehind, leaves, sent, where }: Outcome): void {
  const whole = ({ complete }: Seen): boolean => complete;
  const ids = new Set(seenDirect.map(({ id }) => id));
  expect(
    seenBehind.filter(({ id }) => !ids.has(id)),
    where,
  ).toEqual([]);
  for (const seen of seenBehind) {
    const same = seenDirect.find(({ id }) => id === seen.id)!;
    // Of a body that was cut off, the one may have seen more than the other.
    const cut = !seen.complete || !same.complete;
    expect(cut ? headOf(seen) : seen, where).toEqual(cut ? headOf(same) : same);
    expect(seen.body.startsWith(same.body) || same.body.startsWith(seen.body), where).toBe(true);
  }
  // Without the body, of which a connection that ends may leave a part.
  const named = (answers: string[]): string[] =>
    answers.filter((text) => !NAMELESS.test(text)).map((text) => text.split(' | ', 2).join());
  expect(seenDirect.map(statusAndId), where).toEqual(expect.arrayContaining(named(got)));
  expect(new Set(named(got)).size, where).toBe(named(got).length);
  // A client that leaves may leave before or after anything, and what Node cannot parse it answers at once or not at all,
  // whatever it is still busy with.
  const ends = [...wanted, ...got].includes(UNPARSED);
  if (leaves || ends || NOT_FORWARDED.test(sent)) return;
  expect(got, where).toEqual(wanted);
  // What answers early need not see all of the body.
  const late = (seen: Seen): boolean => whole(seen) && !seen.url!.startsWith('/early');
  expect(seenBehind.filter(late), where).toEqual(seenDirect.filter(late));
  alike++;
}

function headOf({ id, method, url, headers }: Seen): Partial<Seen> {
  return { id, method, url, headers };
}

/** How the plugin answers a request, see {@link answer}. */
function statusAndId({ id, url }: Seen): string {
  const status = url!.startsWith('/early') ? 413 : url!.startsWith('/nothing') ? 204 : 200;
  return `${status},${id}`;
}

/** An answer of a server itself, which ends the connection. */
const NAMELESS = /^(400|501) \| {2}\|/;
const UNPARSED = '400 |  | ';
/** What a proxy cannot take along: codings and control characters, which Node leaves to the application. */
// eslint-disable-next-line no-control-regex
const NOT_FORWARDED = /: (gzip, chunked|chunked, chunked|identity|chunked;q=1)\r|\x01/;
