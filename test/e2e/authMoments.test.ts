import { mkdir, rm } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dropFolder, fixtureBundle } from '../support/bundles';
import { holdRequest } from '../support/heldRequest';
import { underLoad } from '../support/load';
import { startPortal, type Portal } from '../support/portal';
import { untilGone, untilState } from '../support/portalPlugins';
import { rawRequest, WEBSOCKET_HEADERS } from '../support/rawRequest';
import { makeTempDir, removeTempDir } from '../support/tempDir';

const NAME = 'guarded-dynamic';

let portal: Portal;
let dir: string;
let token: string;

beforeAll(async () => {
  dir = await makeTempDir();
  portal = await startPortal({ config: { dynamicPlugins: { drainTimeout: '2m' } } });
  token = await portal.guestToken();
});
afterAll(async () => {
  await portal?.stop();
  await removeTempDir(dir);
});

async function drop(version: string, packageJson: Record<string, unknown> = {}): Promise<void> {
  await dropFolder(await fixtureBundle(dir, 'guarded', { version, packageJson }), portal.root, 'guarded');
}

const remove = async () => await rm(join(portal.root, 'guarded'), { recursive: true, force: true });

/** Sends an uninvited request, a plain one and an upgrade by turns; the answer is its status, and the marker if it got it. */
let turn = 0;
async function intrude(): Promise<string> {
  const headers = turn++ % 2 ? WEBSOCKET_HEADERS : {};
  const { status, text } = await rawRequest(portal.port, { target: '/api/guarded/secret', headers });
  return text.includes('PROTECTED-MARKER') ? `${status} with data` : String(status);
}

const invited = async () => (await portal.fetch('/api/guarded/secret', { token })).status;

/** Asserts that nothing but the given answers came, and at least one of each that must. */
function expectOnly(answers: Map<string, number>, allowed: string[], needed: string[]): void {
  expect([...answers.keys()].filter((answer) => !allowed.includes(answer))).toEqual([]);
  for (const answer of needed) expect(answers.get(answer) ?? 0, `${answer} was seen`).toBeGreaterThan(0);
}

describe('without a session', () => {
  beforeEach(async () => {
    await remove();
    await untilGone(portal, NAME);
  });

  test('a bundle that takes long to start answers 404 or 401 before, during and after its start', async () => {
    const { answers } = await underLoad(50, intrude, async () => {
      await drop('1.0.0', { initDelayMs: 1500 });
      await untilState(portal, NAME, 'running');
      expect(await invited()).toBe(200);
    });
    expectOnly(answers, ['401', '404'], ['401', '404']);
    const count = (await (await portal.fetch('/api/guarded/open/count')).json()) as { protectedCalls: number };
    expect(count.protectedCalls).toBe(1);
  });

  test('a bundle that is swapped again and again answers 401 throughout, while a session gets its answer throughout', async () => {
    await drop('1.0.0');
    await untilState(portal, NAME, 'running');
    const uninvited = new Map<string, number>();
    const { answers } = await underLoad(50, invited, async () => {
      const outer = await underLoad(100, intrude, async () => {
        for (const version of ['2.0.0', '1.5.0', '3.0.0', '2.5.0', '4.0.0']) {
          await drop(version, { initDelayMs: version === '3.0.0' ? 500 : 0 });
          await untilState(portal, NAME, 'running', version);
        }
      });
      for (const [answer, count] of outer.answers) uninvited.set(answer, count);
    });
    expectOnly(uninvited, ['401'], ['401']);
    expectOnly(answers, ['200'], ['200']);
  });

  test('a bundle whose upgrade fails goes on answering 401', async () => {
    await drop('1.0.0');
    await untilState(portal, NAME, 'running');
    const { answers } = await underLoad(50, intrude, async () => {
      await drop('2.0.0', { initDelayMs: 'nonsense', main: 'absent.cjs' });
      await untilState(portal, NAME, 'rejected');
    });
    expectOnly(answers, ['401'], ['401']);
    expect(await invited()).toBe(200);
  });

  test('a bundle that drains answers 404 or 401, while the request in flight is completed', async () => {
    await drop('1.0.0');
    await untilState(portal, NAME, 'running');
    const asUser = { get: (path: string): Promise<Response> => portal.fetch(path, { token }) };
    const { answer, release } = await holdRequest(asUser, '/api/guarded/slow');
    const { answers } = await underLoad(50, intrude, async () => {
      await remove();
      await untilState(portal, NAME, 'draining');
      expect(await invited()).toBe(404);
      release();
      const response = await answer;
      expect([response.status, await response.json()]).toMatchObject([200, { version: '1.0.0' }]);
      await untilGone(portal, NAME);
    });
    expectOnly(answers, ['401', '404'], ['401', '404']);
  });

  test('a bundle that is gone answers 404 on every path, with and without a session, on old connections too', async () => {
    await drop('1.0.0');
    await untilState(portal, NAME, 'running');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const onOldConnection = (path: string, headers = {}) =>
      new Promise<number | undefined>((resolve, reject) => {
        get(portal.url + path, { agent, headers }, (response) => {
          response.resume().on('end', () => resolve(response.statusCode));
        }).on('error', reject);
      });
    const authorization = { authorization: `Bearer ${token}` };
    expect(await onOldConnection('/api/guarded/secret', authorization)).toBe(200);
    await remove();
    await untilGone(portal, NAME);
    for (const path of ['secret', 'open', 'cookie', '', '.backstage/auth/v1/jwks.json', '.backstage/auth/v1/cookie']) {
      const target = `/api/guarded/${path}`;
      expect.soft([target, await onOldConnection(target, authorization)]).toEqual([target, 404]);
      expect.soft([target, await onOldConnection(target)]).toEqual([target, 404]);
      const { status } = await rawRequest(portal.port, { target, headers: WEBSOCKET_HEADERS });
      expect.soft([target, status]).toEqual([target, 404]);
    }
    agent.destroy();
  });
});

test('a bundle that is there when the portal starts answers nothing without a session while it does', async () => {
  const before = portal;
  await portal.stop();
  const root = join(dir, 'root-at-start');
  await mkdir(root);
  await dropFolder(await fixtureBundle(dir, 'guarded', { packageJson: { initDelayMs: 1500 } }), root, 'guarded');
  const { answers, result } = await underLoad(50, intrude, async () => {
    portal = await startPortal({ port: before.port, root });
    await untilState(portal, NAME, 'running');
    return await portal.fetch('/api/guarded/open/count');
  });
  // 0 is no connection, before the portal listens.
  expectOnly(answers, ['0', '401', '404', '503'], ['0', '401']);
  expect(await result.json()).toEqual({ protectedCalls: 0 });
});
