import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAppPage } from '../support/appPage';
import { dropFolder, fixtureBundle } from '../support/bundles';
import { openWebSocket } from '../support/openWebSocket';
import { startPortal, type Portal } from '../support/portal';
import { untilGone, untilState } from '../support/portalPlugins';
import { rawRequest, WEBSOCKET_HEADERS, type RawResponse } from '../support/rawRequest';
import { makeTempDir, removeTempDir } from '../support/tempDir';

const NAME = 'takes-sockets-dynamic';

describe('a bundle that takes WebSocket upgrades from the server', () => {
  let portal: Portal;
  let dir: string;
  let token: string;
  beforeAll(async () => {
    dir = await makeTempDir();
    portal = await startPortal();
    token = await portal.guestToken();
    await drop('1.0.0');
  });
  afterAll(async () => {
    await portal?.stop();
    await removeTempDir(dir);
  });

  async function drop(version: string): Promise<void> {
    await dropFolder(await fixtureBundle(dir, 'takes-sockets', { version }), portal.root, 'takes-sockets');
    await untilState(portal, NAME, 'running', version);
  }

  async function upgrade(path = '/api/takes-sockets/', bearer?: string): Promise<RawResponse> {
    const headers = { ...WEBSOCKET_HEADERS, ...(bearer && { authorization: `Bearer ${bearer}` }) };
    return await rawRequest(portal.port, { target: path, headers, greeting: '.0.0' });
  }

  /** Its first request is where the plugin begins to listen. */
  const wakeUp = async () => (await portal.fetch('/api/takes-sockets/', { token })).status;

  /** Opens a WebSocket with a session; resolves when the handshake is done, `closed` when the portal has ended it. */
  async function openSocket(): Promise<{ closed: Promise<void> }> {
    const { first, closed } = await openWebSocket(portal.port, '/api/takes-sockets/', token);
    expect(first).toContain('101 Switching Protocols');
    return { closed };
  }

  test('gets those with a session, and those to a path that it opened', async () => {
    expect((await upgrade()).status).toBe(401);
    expect(await wakeUp()).toBe(200);
    expect(await upgrade('/api/takes-sockets/', token)).toMatchObject({ status: 101, body: '1.0.0' });
    expect(await upgrade('/api/takes-sockets/open')).toMatchObject({ status: 101 });
  });

  test('gets none without a session, by any spelling of its path', async () => {
    for (const bearer of [undefined, 'nonsense', `${token}x`]) {
      expect.soft((await upgrade('/api/takes-sockets/', bearer)).status).toBe(401);
    }
    for (const path of [
      '/api/takes-sockets',
      '/API/TAKES-SOCKETS/',
      '/api/takes-sockets//open',

      '/api/takes-sockets/%2e%2e',
      '/api/takes-sockets/open/../x',
      '//api/takes-sockets/',
      '/api/takes-sockets-2/',
    ]) {
      const response = await upgrade(path);
      const opened = path.endsWith('/open');
      const status = isAppPage(response) ? 404 : response.status;
      expect.soft([path, status]).toEqual([path, opened ? 101 : expect.toBeOneOf([400, 401, 404])]);
      if (!opened) expect.soft(response.text).not.toContain('Switching');
    }
  });

  test('does not keep others from answering upgrades that are not its own', async () => {
    expect((await upgrade('/api/auth/guest/refresh')).status).toBe(200);
    expect((await upgrade('/.backstage/health/v1/readiness')).status).toBe(200);
    expect((await upgrade('/api/nobody', token)).status).toBe(404);
  });

  test('hands over to its next version: the old one gets no more, and its connections end', async () => {
    const { closed } = await openSocket();
    await drop('2.0.0');
    await closed;
    // The new version has not had a request yet, and does not listen.
    expect((await upgrade('/api/takes-sockets/', token)).status).toBe(200);
    expect(await upgrade('/api/takes-sockets/', token)).toMatchObject({ status: 101, body: '2.0.0' });
    expect((await upgrade()).status).toBe(401);
  });

  test('gets none once it is gone, and its connections end', async () => {
    const { closed } = await openSocket();
    await rm(join(portal.root, 'takes-sockets'), { recursive: true });
    await untilGone(portal, NAME);
    await closed;
    for (const bearer of [undefined, token]) {
      expect((await upgrade('/api/takes-sockets/', bearer)).status).toBe(404);
      expect((await upgrade('/api/takes-sockets/open', bearer)).status).toBe(404);
    }
    expect(portal.exit()).toBeUndefined();
  });
});
