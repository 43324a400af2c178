import type { IncomingHttpHeaders } from 'node:http';
import { expect, test } from 'vitest';
import { send } from '../../../cli/src/http/send';
import { serve } from '../../support/serve';

const CONTENT = Buffer.alloc(300_000, 'stagedoor');

/** A server that takes content; what it got. */
async function startTaker(): Promise<{ address: string; got: Array<{ body: Buffer; headers: IncomingHttpHeaders }> }> {
  const got: Array<{ body: Buffer; headers: IncomingHttpHeaders }> = [];
  const address = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      got.push({ body: Buffer.concat(chunks), headers: request.headers });
      response.writeHead(201).end();
    });
  });
  return { address, got };
}

async function put(url: string, redirect?: 'manual'): Promise<number> {
  async function* pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let at = 0; at < CONTENT.length; at += 100_000) yield CONTENT.subarray(at, at + 100_000);
  }
  const body = { size: CONTENT.length, open: pieces };
  const headers = { authorization: 'Bearer secret' };
  const { status } = await send(url, { method: 'PUT', headers, body, retry: false, ...(redirect && { redirect }) }, {});
  return status;
}

test.each([307, 308])(
  'Content that is read while it is sent follows a redirect (%d), without credentials elsewhere',
  async (status) => {
    const { address, got } = await startTaker();
    const from = await serve((request, response) => {
      request.resume().on('end', () => response.writeHead(status, { location: `${address}/there` }).end());
    });
    expect(await put(from)).toBe(201);
    expect(got).toHaveLength(1);
    expect(got[0]!.body.equals(CONTENT)).toBe(true);
    expect(got[0]!.headers).toMatchObject({ 'content-length': String(CONTENT.length) });
    expect(got[0]!.headers).not.toHaveProperty('authorization');
  },
);

test('A redirect within a server keeps the credentials', async () => {
  const seen: Array<string | undefined> = [];
  const address = await serve((request, response) => {
    seen.push(request.headers.authorization);
    request.resume().on('end', () => response.writeHead(request.url === '/a' ? 307 : 201, { location: '/b' }).end());
  });
  expect(await put(`${address}/a`)).toBe(201);
  expect(seen).toEqual(['Bearer secret', 'Bearer secret']);
});

test('Redirects end: with the answer that redirects, where it is asked for or leads on and on', async () => {
  let requests = 0;
  const address = await serve((request, response) => {
    requests++;
    request.resume().on('end', () => response.writeHead(307, { location: '/again' }).end());
  });
  expect(await put(address, 'manual')).toBe(307);
  expect(requests).toBe(1);
  expect(await put(address)).toBe(307);
  expect(requests).toBe(1 + 21);
});
