import express from 'express';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { Slots } from '../../../loader/src/serve/slots';

afterEach(() => {
  vi.useRealTimers();
});

test('A request to a plugin that starts for longer than five seconds is told to come again, not that nothing is there', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const app = express();
  const arrived = new Promise<void>((resolve) => {
    app.use((_request, _response, next) => {
      next();
      resolve();
    });
  });
  const slots = new Slots({
    use: (path, ...handlers) => void app.use(path as string, ...handlers),
    addWebSocketHandler: () => {},
  });
  const server = createServer(app).listen(0);
  try {
    const release = slots.holdPlugins(['slow']);
    const answer = fetch(`http://localhost:${(server.address() as AddressInfo).port}/api/slow/part`);
    await arrived;
    vi.advanceTimersByTime(4999);
    await expect(Promise.race([answer, new Promise((resolve) => setImmediate(resolve, 'held'))])).resolves.toBe('held');
    vi.advanceTimersByTime(1);
    const { status, headers } = await answer;
    expect({ status, retryAfter: headers.get('retry-after') }).toEqual({ status: 503, retryAfter: '5' });
    release();
  } finally {
    server.close();
  }
});
