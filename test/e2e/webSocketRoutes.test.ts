import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { dropFolder, fixtureBundle } from '../support/bundles';
import { exportBundle } from '../support/export';
import { openWebSocket } from '../support/openWebSocket';
import { startPortal, type Portal } from '../support/portal';
import { untilGone, untilState } from '../support/portalPlugins';
import { rawRequest, WEBSOCKET_HEADERS, type RawResponse } from '../support/rawRequest';
import { repository } from '../support/repository';
import { makeTempDir, removeTempDir } from '../support/tempDir';
import { waitFor } from '../support/waitFor';

const NAME = 'routes-sockets-dynamic';

describe.each(['in-process', 'process'])(
  'a bundle that registers WebSocket paths with its router (%s)',
  (isolation) => {
    let portal: Portal;
    let dir: string;
    let token: string;
    beforeAll(async () => {
      dir = await makeTempDir();
      const auth = {
        unauthenticated: 'listed',
        open: { 'routes-sockets': ['/open'] },
        rootRoutes: { 'routes-sockets': ['/routes-sockets'] },
      };
      portal = await startPortal({ config: { dynamicPlugins: { isolation, auth } } });
      token = await portal.guestToken();
      await drop('1.0.0');
    });
    afterAll(async () => {
      await portal?.stop();
      await removeTempDir(dir);
    });

    async function drop(version: string): Promise<void> {
      await dropFolder(await fixtureBundle(dir, 'routes-sockets', { version }), portal.root, 'routes-sockets');
      await untilState(portal, NAME, 'running', version);
    }

    async function upgrade(path: string, headers: Record<string, string> = {}, who = 'nobody'): Promise<RawResponse> {
      return await rawRequest(portal.port, {
        target: path,
        headers: { ...WEBSOCKET_HEADERS, ...headers },
        greeting: ` ${who} `,
      });
    }

    const bearer = () => ({ authorization: `Bearer ${token}` });
    const below = (path: string) => `/api/routes-sockets${path}`;

    /** Opens a WebSocket with a session; resolves when the handshake is done, `closed` when the portal has ended it. */
    async function openSocket(): Promise<{ closed: Promise<void> }> {
      const { first, closed } = await openWebSocket(portal.port, below(''), token);
      expect(first).toContain('101 Switching Protocols');
      return { closed };
    }

    test('gets those with a token, as a header or as a subprotocol', async () => {
      expect(await upgrade(below(''), bearer(), 'user')).toMatchObject({ status: 101, body: '1.0.0 user ' });
      expect(await upgrade(below('/deep/er?a=b'), bearer(), 'user')).toMatchObject({
        status: 101,
        body: '1.0.0 user ',
      });
      const answer = await upgrade(below(''), { 'sec-websocket-protocol': `v1, ${token}` }, 'user');
      expect(answer).toMatchObject({ status: 101, body: '1.0.0 user ' });
      expect(answer.text).toContain(`Sec-WebSocket-Protocol: ${token}`);
    });

    test('gets none without a session, but those to an open path that the operator lists', async () => {
      for (const path of ['', '/deep/er', '/closed', '/throws']) {
        expect.soft([path, (await upgrade(below(path))).status]).toEqual([path, 401]);
        const nonsense = { 'sec-websocket-protocol': `${token}x`, authorization: 'Bearer nonsense' };
        expect.soft([path, (await upgrade(below(path), nonsense)).status]).toEqual([path, 401]);
      }
      expect(await upgrade(below('/open'), {}, 'none')).toMatchObject({ status: 101, body: '1.0.0 none ' });
      expect(await upgrade(below('/closed'), bearer(), 'user')).toMatchObject({ status: 101, body: '1.0.0 user ' });
    });

    test('is not reached by any other spelling of a path', async () => {
      for (const path of ['/open/', '//open', '/OPEN', '/%6fpen', '/deep/../open', '/open/../closed']) {
        const { status, text } = await upgrade(below(path));
        expect.soft([path, status]).toEqual([path, expect.toBeOneOf([400, 401, 404])]);
        expect.soft(text).not.toContain('Switching');
      }
    });

    test('takes them on a path of the root router that the operator lists', async () => {
      expect(await upgrade('/routes-sockets')).toMatchObject({ status: 101, body: '1.0.0 nobody ' });
    });

    test('sends back what came with the handshake, and what comes after it', async () => {
      const client = new WebSocket(`${portal.url.replace('http', 'ws')}${below('/none')}`, { headers: bearer() });
      const refused = await new Promise<number>((resolve) =>
        client.once('unexpected-response', (_request, response) => resolve(response.statusCode!)),
      );
      expect(refused).toBe(200);
      client.on('error', () => {});
      client.terminate();
      const opened = await openWebSocket(portal.port, below(''), token, 'first');
      const { socket } = opened;
      let seen = opened.first;
      socket.on('data', (chunk) => (seen += chunk.toString()));
      await waitFor('what came with the handshake', async () => seen.includes('first'));
      socket.write('second');
      await waitFor('what came after it', async () => seen.includes('second'));
      socket.destroy();
    });

    test('that throws in a handler ends that connection alone', async () => {
      // Backstage ends the connection without a word; so does the process, whose portal says that it got no answer.
      expect((await upgrade(below('/throws'), bearer())).status).toBe(isolation === 'process' ? 503 : 0);
      expect((await upgrade(below(''), bearer(), 'user')).status).toBe(101);
      expect(portal.logs()).toContain('no sockets today');
    });

    test('hands over to its next version, whose paths take over at once; old connections end', async () => {
      const { closed } = await openSocket();
      await drop('2.0.0');
      await closed;
      expect(await upgrade(below(''), bearer(), 'user')).toMatchObject({ status: 101, body: '2.0.0 user ' });
      expect((await upgrade(below(''))).status).toBe(401);
    });

    test('gets none once it is gone, and its connections end', async () => {
      const { closed } = await openSocket();
      await rm(join(portal.root, 'routes-sockets'), { recursive: true });
      await untilGone(portal, NAME);
      await closed;
      for (const path of ['', '/open']) expect((await upgrade(below(path), bearer())).status).toBe(404);
      expect((await upgrade('/routes-sockets', bearer())).text).not.toContain('Switching');
      expect(portal.exit()).toBeUndefined();
    });
  },
);

describe.each(['in-process', 'process'])('@backstage/plugin-signals-backend (%s)', (isolation) => {
  let portal: Portal;
  let dir: string;
  beforeAll(async () => {
    dir = await makeTempDir();
    // Events do not pass between processes without the events backend: the sender runs where signals do.
    portal = await startPortal({ config: { dynamicPlugins: { plugins: { signals: { isolation } } } } });
    await exportBundle(join(repository, 'test'), join(dir, 'signals'), '@backstage/plugin-signals-backend');
    await dropFolder(join(dir, 'signals'), portal.root, 'signals');
    await dropFolder(await fixtureBundle(dir, 'sends-signals'), portal.root, 'sends-signals');
    await untilState(portal, '@backstage/plugin-signals-backend-dynamic', 'running');
    await untilState(portal, 'sends-signals-dynamic', 'running');
  });
  afterAll(async () => {
    await portal?.stop();
    await removeTempDir(dir);
  });

  test('refuses a client without a token, and takes one whose token is a subprotocol', async () => {
    const url = `${portal.url.replace('http', 'ws')}/api/signals`;
    const stranger = new WebSocket(url);
    const error = await new Promise<Error>((resolve) => stranger.once('error', resolve));
    expect(error.message).toContain('401');

    const client = new WebSocket(url, [await portal.guestToken()]);
    await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject));
    const messages: string[] = [];
    client.on('message', (data: Buffer) => messages.push(data.toString()));
    client.send(JSON.stringify({ action: 'subscribe', channel: 'news' }));
    if (isolation === 'in-process') {
      // A subscription is not answered: the signal is sent until one arrives.
      const sent = async () => {
        await portal.fetch('/api/sends-signals/', { method: 'POST', token: true });
        return messages.length > 0;
      };
      await waitFor('a signal', sent);
      expect(JSON.parse(messages[0]!)).toMatchObject({ channel: 'news', message: { text: 'extra' } });
    }
    client.close();
    await new Promise((resolve) => client.once('close', resolve));
  });
});
