import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startBackend, type RunningBackend } from '../../support/backend';
import { GREETER, drop } from '../../support/greeter';
import { waitFor } from '../../support/waitFor';

/** A backend with the greeter, and with a module's plugin of its own beside it. */
async function start(): Promise<RunningBackend> {
  const backend = await startBackend({ dynamicPlugins: { drainTimeout: '1h' } });
  await drop(backend, 'greeter');
  await drop(backend, 'blue-green', { packageJson: { name: 'blue-dynamic', pluginId: 'blue' } });
  await backend.until(GREETER, 'running');
  await backend.until('blue-dynamic', 'running');
  return backend;
}

interface Connection {
  socket: Socket;
  /** All that has come so far. */
  text(): string;
  /** The bodies that have come so far, of answers with a content-length, as `<status> <body>`. */
  answers(): string[];
}

async function open(backend: RunningBackend): Promise<Connection> {
  const socket = connect(Number(new URL(backend.url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await new Promise((resolve) => socket.once('connect', resolve));
  return {
    socket,
    text: () => text,
    answers: () =>
      text
        .split(/(?=HTTP\/1\.1 \d{3} )/)
        .filter(Boolean)
        .map((answer) => `${answer.slice(9, 12)} ${answer.slice(answer.indexOf('\r\n\r\n') + 4)}`),
  };
}

const get = (path: string, token?: string): string =>
  `GET ${path} HTTP/1.1\r\nhost: localhost\r\n${token ? `authorization: Bearer ${token}\r\n` : ''}\r\n`;

describe('A connection over which a client asks several plugins', () => {
  test('carries one request after the other, each to its own plugin and with its own session', async () => {
    const backend = await start();
    const token = await backend.token();
    const { socket, answers } = await open(backend);
    const ask = async (request: string): Promise<string> => {
      const before = answers().length;
      socket.write(request);
      return await waitFor('an answer', async () => answers()[before]);
    };
    expect(await ask(get('/api/greeter/version'))).toBe('200 {"version":"1.0.0"}');
    expect(await ask(get('/api/blue/who'))).toBe('200 {"who":"blue@1.0.0"}');
    expect(await ask(get('/api/greeter/secret', token))).toBe('200 {"secret":42}');
    expect(await ask(get('/api/greeter/secret'))).toMatch(/^401 /);
    expect(await ask(get('/api/nobody'))).toMatch(/^404 /);
    expect(await ask(get('/api/blue/who'))).toBe('200 {"who":"blue@1.0.0"}');
  });

  test('answers requests that are sent at once in their order, each by its own plugin and with its own session', async () => {
    const backend = await start();
    const token = await backend.token();
    const { socket, answers } = await open(backend);
    const requests = [
      get('/api/greeter/slow?ms=400'),
      get('/api/blue/who'),
      get('/api/greeter/secret', token),
      get('/api/greeter/secret'),
      get('/api/greeter/version'),
    ];
    socket.write(requests.join(''));
    await waitFor('all answers', async () => answers().length === requests.length);
    expect(answers()).toEqual([
      '200 {"version":"1.0.0"}',
      '200 {"who":"blue@1.0.0"}',
      '200 {"secret":42}',
      expect.stringMatching(/^401 /),
      '200 {"version":"1.0.0"}',
    ]);
  });

  test('lets nothing pass an answer that does not end, and forgets what waited when it closes', async () => {
    const backend = await start();
    const { socket, text } = await open(backend);
    socket.write(get('/api/greeter/stream') + get('/api/blue/who'));
    await waitFor('the stream', async () => text().split('more').length > 5);
    expect(text()).not.toContain('blue@1.0.0');
    socket.destroy();
    expect(await (await backend.get('/api/blue/who')).json()).toEqual({ who: 'blue@1.0.0' });
    // It would last an hour where something was still waited for.
    await backend.stop();
  });
});
