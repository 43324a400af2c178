import { createHash, randomBytes } from 'node:crypto';
import { Agent, get, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { createGunzip, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { startBackend, type RunningBackend } from '../../support/backend';
import { drop } from '../../support/greeter';
import { rawRequest } from '../../support/rawRequest';
import { waitFor } from '../../support/waitFor';

const STREAMS = 'streams-dynamic';

/** The same is expected of both: what runs in a process answers as it would in the portal. */
describe.each(['in-process', 'process'] as const)('a plugin that runs %s', (isolation) => {
  async function start(backend: Record<string, unknown> = {}): Promise<RunningBackend & { port: number }> {
    const running = await startBackend({ dynamicPlugins: { isolation }, backend });
    await drop(running, 'streams');
    await running.until(STREAMS, 'running');
    return { ...running, port: Number(new URL(running.url).port) };
  }
  interface Received {
    received: number;
    sent: number;
    hanging: number;
    aborted: number;
  }
  const received = async (backend: RunningBackend): Promise<Received> =>
    (await (await backend.get('/api/streams/open/received')).json()) as Received;
  /** A number that has come to rest: the same after each of twenty requests to the plugin. */
  const atRest = async (backend: RunningBackend, read: (now: Received) => number): Promise<number> => {
    const seen: number[] = [];
    return await waitFor('it to come to rest', async () => {
      for (let turn = 0; turn < 20; turn++) seen.push(read(await received(backend)));
      const [first = 0, ...others] = seen.splice(0);
      return others.every((other) => other === first) && first > 0 && first;
    });
  };

  test('gets large bodies unchanged', async () => {
    const backend = await start();
    const body = randomBytes(20 * 1024 * 1024);
    const response = await fetch(`${backend.url}/api/streams/open/digest`, { method: 'POST', body });
    expect(await response.json()).toEqual({ sha256: createHash('sha256').update(body).digest('hex') });
  });

  test('answers while the request is still being sent, trailers included', async () => {
    const backend = await start();
    const request = httpRequest(`${backend.url}/api/streams/open/echo`, {
      method: 'POST',
      headers: { trailer: 'x-end', te: 'trailers', 'transfer-encoding': 'chunked' },
    });
    request.write('first');
    const response = await new Promise<IncomingMessage>((resolve) => request.once('response', resolve));
    const first = await new Promise<Buffer>((resolve) => response.once('data', resolve));
    expect(first.toString()).toBe('first');
    request.addTrailers({ 'x-end': 'said at the end' });
    request.end('second');
    let rest = '';
    for await (const chunk of response) rest += String(chunk);
    expect(rest).toBe('second');
    expect(response.trailers).toEqual({ 'x-end': 'said at the end' });
  });

  test('answers 100 to who expects it, and then the request', async () => {
    const backend = await start();
    const answer = await rawRequest(backend.port, {
      method: 'POST',
      target: '/api/streams/open/echo',
      headers: { expect: '100-continue' },
      body: '{"sent": "after 100"}',
    });
    expect(answer.text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
    expect(answer.text).toContain('{"sent": "after 100"}');
  });

  test('may refuse a body that it has not read', async () => {
    const backend = await start();
    const body = Buffer.alloc(1024 * 1024);
    const response = await fetch(`${backend.url}/api/streams/open/refuses`, { method: 'POST', body });
    expect([response.status, await response.json()]).toEqual([413, { refused: true }]);
    expect((await received(backend)).aborted).toBe(0);
  });

  test('slows an upload down by not reading it', async () => {
    const backend = await start();
    const request = httpRequest(`${backend.url}/api/streams/open/slow`, { method: 'POST' });
    const answered = new Promise<IncomingMessage>((resolve) => request.once('response', resolve));
    const piece = Buffer.alloc(1024 * 1024);
    let [written, accepted] = [0, 0];
    const pump = (): void => {
      while (written++ < 100) if (!request.write(piece, () => accepted++)) return void request.once('drain', pump);
    };
    pump();
    expect(await atRest(backend, () => accepted)).toBeLessThan(40);
    await backend.get('/api/streams/open/read');
    await waitFor('the plugin to read', async () => accepted === 100);
    request.end();
    const answer = await answered;
    answer.resume();
    expect((await received(backend)).received).toBe(100 * piece.length);
  });

  test('is slowed down by a client that does not read', async () => {
    const backend = await start();
    const bytes = 256 * 1024 * 1024;
    const response = await new Promise<IncomingMessage>((resolve) =>
      get(`${backend.url}/api/streams/open/download?bytes=${bytes}`, resolve),
    );
    response.pause();
    expect(await atRest(backend, ({ sent }) => sent)).toBeLessThan(64 * 1024 * 1024);
    response.destroy();
  });

  test('streams events as they happen, to clients that take compressed answers as well', async () => {
    const backend = await start();
    const agent = new Agent();
    // Compression holds events of a plugin in the portal back until it flushes; that is Backstage's own.
    const headers = isolation === 'process' ? { 'accept-encoding': 'gzip' } : {};
    const response = await new Promise<IncomingMessage>((resolve) =>
      get(`${backend.url}/api/streams/open/events`, { agent, headers }, resolve),
    );
    let text = '';
    const plain = response.headers['content-encoding'] === 'gzip' ? response.pipe(createGunzip()) : response;
    plain.on('data', (chunk: Buffer) => (text += chunk.toString()));
    plain.on('error', () => {});
    for (const what of ['second', 'third']) {
      await backend.get(`/api/streams/open/tell?what=${what}`);
      // Nothing is sent after it that could push it on.
      await expect.poll(() => text).toContain(`data: ${what}\n\n`);
    }
    response.destroy();
    await expect.poll(async () => (await received(backend)).aborted).toBe(1);
  });

  test('learns that a client has gone away', async () => {
    const backend = await start();
    const controller = new AbortController();
    const hanging = fetch(`${backend.url}/api/streams/open/hangs`, { signal: controller.signal });
    await expect.poll(async () => (await received(backend)).hanging).toBe(1);
    controller.abort();
    await expect(hanging).rejects.toThrow();
    await expect.poll(async () => (await received(backend)).aborted).toBe(1);
  });

  test('sees the request as the client sent it, and the client', async () => {
    const backend = await start({ trustProxy: 'loopback' });
    const target = '/api/streams/open/request/a%2Fb?q=%20x&q=2';
    const { body } = await rawRequest(backend.port, {
      method: 'DELETE',
      target,
      headers: {
        'X-Odd-CASE': 'kept',
        'x-forwarded-for': '203.0.113.7',
        'x-forwarded-proto': 'https',
        'x-stagedoor-client': '{"address":"198.51.100.1"}',
        cookie: 'a=1; b=2',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      },
    });
    const seen = JSON.parse(body) as Record<string, unknown> & { rawHeaders: string[] };
    expect(seen).toMatchObject({ originalUrl: target, method: 'DELETE', ip: '203.0.113.7', protocol: 'https' });
    expect(seen).toMatchObject({ hostname: 'localhost' });
    expect(seen.rawHeaders).toEqual(expect.arrayContaining(['X-Odd-CASE', 'kept', 'a=1; b=2']));
    expect(seen.rawHeaders).toContain('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
    if (isolation === 'process') expect(seen.rawHeaders.join()).not.toContain('x-stagedoor-client');
  });

  test('does not believe a client that says it is another one', async () => {
    const backend = await start();
    const { body } = await rawRequest(backend.port, {
      target: '/api/streams/open/request',
      headers: { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' },
    });
    expect(JSON.parse(body)).toMatchObject({ ip: '127.0.0.1', protocol: 'http', hostname: 'localhost' });
  });

  test('answers with its own status and headers, added to those of the portal', async () => {
    const backend = await start({ cors: { origin: 'https://app.example' } });
    const response = await fetch(`${backend.url}/api/streams/open/headers`, {
      headers: { origin: 'https://app.example' },
    });
    expect(response.status).toBe(207);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('x-odd')).toBe('kept');
    expect(response.headers.get('vary')!.toLowerCase()).toContain('x-odd');
    expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(response.headers.get('x-powered-by')).toBeNull();
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('may compress its answer itself, and has it compressed once', async () => {
    const backend = await start();
    const headers = { 'accept-encoding': 'gzip' };
    const read = (route: string): Promise<{ headers: IncomingMessage['headers']; body: Buffer }> =>
      new Promise((resolve) =>
        get(`${backend.url}/api/streams/open/${route}`, { headers }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }));
        }),
      );
    const zipped = await read('zipped');
    expect(gunzipSync(zipped.body).toString()).toBe('unzipped once');
    const plain = await read('plain');
    expect(plain.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(plain.body).toString()).toBe('x'.repeat(5000));
  });

  test('answers HEAD, 204 and 304 without a body, over one connection', async () => {
    const backend = await start();
    const url = `${backend.url}/api/streams/open`;
    const head = await fetch(`${url}/plain`, { method: 'HEAD', headers: { 'accept-encoding': 'identity' } });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '5000', '']);
    expect((await fetch(`${url}/empty`)).status).toBe(204);
    const etag = head.headers.get('etag')!;
    const same = await fetch(`${url}/plain`, { headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' } });
    expect([same.status, await same.text()]).toEqual([304, '']);
    expect((await fetch(`${url}/empty`, { method: 'POST' })).status).toBe(204);
  });

  test('takes upgrades that get past its session check, and no others', async () => {
    const backend = await start();
    const upgrade = (target: string, headers: Record<string, string> = {}): ReturnType<typeof rawRequest> =>
      rawRequest(backend.port, {
        target,
        headers: { connection: 'Upgrade', upgrade: 'echo', 'x-asked': 'yes', ...headers },
        greeting: 'version 1.0.0;',
      });
    // The first request is where it begins to listen, also when that one asks for an upgrade.
    expect((await upgrade('/api/streams/open/socket')).status).toBe(200);
    expect((await upgrade('/api/streams/socket')).status).toBe(401);
    expect((await upgrade('/api/streams/open/../socket')).status).toBe(400);
    const agreed = await upgrade('/api/streams/open/socket');
    expect(agreed.text).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
    expect(agreed.text).toContain('X-Asked: yes');
    expect(agreed.body).toBe('version 1.0.0;');
    const authorization = `Bearer ${await backend.token()}`;
    expect((await upgrade('/api/streams/socket', { authorization })).status).toBe(101);
  });

  test('talks over an upgraded connection until either side ends it', async () => {
    const backend = await start();
    await backend.get('/api/streams/open/socket');
    const socket = connect(backend.port, '127.0.0.1');
    let said = '';
    socket.on('data', (chunk) => (said += String(chunk)));
    socket.on('error', () => {});
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(
      'GET /api/streams/open/socket HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade\r\nupgrade: echo\r\n\r\nearly;',
    );
    await expect.poll(() => said).toContain('early;early;');
    socket.write('later;');
    await expect.poll(() => said).toContain('later;later;');
    await drop(backend, 'streams', { version: '2.0.0' });
    await backend.until(STREAMS, 'running', '2.0.0');
    await closed;
    await backend.get('/api/streams/open/socket');
    const other = connect(backend.port, '127.0.0.1');
    other.write(
      'GET /api/streams/open/socket HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade\r\nupgrade: echo\r\n\r\n',
    );
    await new Promise((resolve) => other.once('data', resolve));
    other.destroy();
    await expect.poll(async () => (await received(backend)).aborted).toBe(1);
  });

  test('is not reached by a path with dot segments', async () => {
    const backend = await start();
    for (const target of [
      '/api/streams/open/../request',
      '/api/streams/open/%2e%2e/request',
      '/api/streams/open\\..\\request',
    ]) {
      expect((await rawRequest(backend.port, { target })).status).toBe(400);
    }
    expect((await rawRequest(backend.port, { target: '/api/streams/request' })).status).toBe(401);
  });
});
