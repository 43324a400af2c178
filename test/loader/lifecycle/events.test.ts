import type { PluginStatus } from '@stagedoor/loader';
import express from 'express';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { EventStreams } from '../../../loader/src/admin/eventStreams';
import { EventLog, type PluginEvent } from '../../../loader/src/lifecycle/eventLog';
import { adminApi } from '../../support/adminApi';
import { startBackend } from '../../support/backend';
import { openEvents, type SseMessage } from '../../support/eventStream';
import { GREETER, drop } from '../../support/greeter';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';

const isState = (state: string, version?: string) => (message: SseMessage) => {
  const event = message.data as PluginEvent;
  return message.event === 'state' && event.state === state && (!version || event.version === version);
};

interface Reset {
  items: PluginStatus[];
  lastEventId: number;
}

describe('GET /v1/events', () => {
  test('begins with the plugin list, then tells every transition as it happens', async () => {
    const backend = await startBackend();
    const stream = await openEvents(backend);
    expect(stream.status).toBe(200);
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    expect(stream.headers['content-encoding']).toBeUndefined();
    const reset = await stream.next(({ event }) => event === 'reset');
    expect((reset.data as Reset).items).toEqual([]);
    await drop(backend, 'greeter');
    await stream.next(isState('running'));
    const events = stream.messages.filter(({ event }) => event === 'state').map(({ data }) => data as PluginEvent);
    expect(events.filter(({ plugin }) => plugin === GREETER).map(({ from, state }) => [from, state])).toEqual([
      [undefined, 'staging'],
      ['staging', 'starting'],
      ['starting', 'running'],
    ]);
    expect(events.at(-1)).toMatchObject({ version: '1.0.0', digest: expect.any(String), time: expect.any(String) });
    await drop(backend, 'throws-in-init');
    const failed = await stream.next(isState('failed'));
    expect(failed.data).toMatchObject({
      from: 'starting',
      code: 'INIT_FAILED',
      message: expect.stringContaining('init'),
      hint: expect.any(String),
    });
    stream.close();
  });

  test('answers HEAD and is done', async () => {
    const backend = await startBackend();
    const response = await fetch(`${backend.url}/api/dynamic-plugins/v1/events`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${await backend.token()}` },
    });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  test('goes on after a disconnect where the client left off, without a gap or a repeat', async () => {
    const backend = await startBackend();
    const first = await openEvents(backend);
    await drop(backend, 'greeter');
    const last = await first.next(isState('running'));
    first.close();
    await drop(backend, 'greeter', { version: '2.0.0' });
    await backend.until(GREETER, 'running', '2.0.0');
    for (const how of [{ headers: { 'last-event-id': last.id! } }, { query: `?after=${last.id}` }]) {
      const second = await openEvents(backend, how);
      await second.next(isState('running', '2.0.0'));
      const ids = second.messages.map(({ id }) => Number(id));
      expect(ids[0]).toBe(Number(last.id) + 1);
      expect(ids).toEqual(ids.map((_, index) => ids[0]! + index));
      expect(second.messages.map(({ event }) => event)).not.toContain('reset');
      second.close();
    }
  });

  test('goes on from the id that the plugin list came with', async () => {
    const backend = await startBackend();
    const { call } = await adminApi(backend);
    const { lastEventId } = (await call<Reset>('GET', '/plugins')).body;
    const stream = await openEvents(backend, { query: `?after=${lastEventId}` });
    await drop(backend, 'greeter');
    await stream.next(isState('running'));
    expect(stream.messages[0]).toMatchObject({ event: 'state', id: String(lastEventId + 1) });
    stream.close();
  });

  test.each(['1', '99999999999999999999', 'yesterday'])('resets a client that names the event %s', async (id) => {
    const backend = await startBackend();
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    const stream = await openEvents(backend, { headers: { 'last-event-id': id } });
    const reset = await stream.next(() => true);
    expect(reset.event).toBe('reset');
    expect((reset.data as Reset).items).toMatchObject([{ name: GREETER, state: 'running' }]);
    expect(reset.id).toBe(String((reset.data as Reset).lastEventId));
    stream.close();
  });

  test('gives higher ids after a restart of the portal, and resets those who come back', async () => {
    const home = await tempDir();
    const first = await startBackend({ home });
    await drop(first, 'greeter');
    await first.until(GREETER, 'running');
    const before = await openEvents(first);
    const { id } = await before.next(({ event }) => event === 'reset');
    await first.stop();
    await expect.poll(() => before.ended()).toBe(true);
    const second = await startBackend({ home });
    const after = await openEvents(second, { headers: { 'last-event-id': id! } });
    const reset = await after.next(() => true);
    expect(reset.event).toBe('reset');
    expect(Number(reset.id)).toBeGreaterThan(Number(id));
    after.close();
  });

  test('tells of operations, with who asked for them', async () => {
    const backend = await startBackend();
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    const stream = await openEvents(backend);
    await (await adminApi(backend)).call('POST', `/plugins/${GREETER}/reload`);
    const isOperation = (status: string) => (message: SseMessage) =>
      message.event === 'operation' && (message.data as PluginEvent).operation!.status === status;
    const begun = await stream.next(isOperation('running'));
    const ended = await stream.next(isOperation('succeeded'));
    expect(begun.data).toMatchObject({ plugin: GREETER, operation: { kind: 'reload', by: 'user:development/guest' } });
    expect((ended.data as PluginEvent).operation!.id).toBe((begun.data as PluginEvent).operation!.id);
    stream.close();
  });

  test('is as its description says, event by event', async () => {
    const backend = await startBackend({ dynamicPlugins: { packages: { deny: [{ name: 'guarded-dynamic' }] } } });
    const stream = await openEvents(backend);
    const { eventIsDescribed, call } = await adminApi(backend);
    await drop(backend, 'greeter');
    await stream.next(isState('running'));
    await drop(backend, 'guarded');
    await stream.next(({ event }) => event === 'policy');
    await call('POST', `/plugins/${GREETER}/rollback`);
    await call('POST', `/plugins/${GREETER}/disable`);
    await stream.next(isState('disabled'));
    for (const { event, data } of stream.messages) if (event !== 'reset') eventIsDescribed(data);
    expect(new Set(stream.messages.map(({ event }) => event))).toEqual(
      new Set(['reset', 'state', 'policy', 'operation']),
    );
    stream.close();
  });
});

describe('a stream of events', () => {
  /** A server of {@link EventStreams} alone, so that much can happen in little time. */
  async function serve(expiresAt?: Date) {
    const log = new EventLog();
    const streams = new EventStreams(log, () => []);
    const server = express()
      .get('/', (request, response) => streams.open(request, response, expiresAt))
      .listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    onTestFinished(() => void server.close());
    return { log, streams, port: (server.address() as AddressInfo).port };
  }

  test('is cut off when its client does not read, and holds nobody else up', async () => {
    const { log, port } = await serve();
    const [slow, quick] = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    onTestFinished(() => {
      slow.destroy();
      quick.destroy();
    });
    for (const socket of [slow, quick]) socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    let received = '';
    quick.setEncoding('latin1').on('data', (chunk: string) => (received = (received + chunk).slice(-200)));
    await waitFor('the first bytes', async () => received.includes('reset'));
    slow.pause();
    for (let round = 0; round < 64; round++) {
      for (let count = 0; count < 50; count++) {
        log.append({ type: 'state', plugin: 'greeter', message: 'x'.repeat(4000) });
      }
      await sleep(1);
    }
    log.append({ type: 'state', plugin: 'the-last-one' });
    await waitFor('the quick client to have all', async () => received.includes('the-last-one'));
    let last = '';
    let closed = false;
    slow.once('close', () => (closed = true));
    slow.on('error', () => {});
    slow.setEncoding('latin1').on('data', (chunk: string) => (last = (last + chunk).slice(-200)));
    slow.resume();
    await waitFor('the slow client to be cut off', async () => closed);
    expect(last).not.toContain('the-last-one');
  });

  test('says twice a minute or more that it is alive, so that nothing in between gives it up', async () => {
    const { port } = await serve();
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const client = new AbortController();
    onTestFinished(() => client.abort());
    const { body } = await fetch(`http://127.0.0.1:${port}/`, { signal: client.signal });
    let received = '';
    void (async () => {
      for await (const chunk of body!) received += Buffer.from(chunk).toString();
    })().catch(() => {});
    await waitFor('the first bytes', async () => received.includes('reset'));
    expect(received).not.toContain('heartbeat');
    vi.advanceTimersByTime(60_000);
    await waitFor('the signs of a minute', async () => received.split(': heartbeat\n\n').length > 2);
  });

  test('ends with the session of its client, and when the portal shuts down', async () => {
    const { streams, port } = await serve(new Date(Date.now() + 300));
    const text = await (await fetch(`http://127.0.0.1:${port}/`)).text();
    expect(text).toContain('event: reset');
    streams.close();
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('');
  });

  test('keeps the latest thousand events', () => {
    const log = new EventLog();
    const first = log.append({ type: 'state', plugin: 'a' });
    for (let count = 0; count < 1000; count++) log.append({ type: 'state', plugin: 'b' });
    expect(log.since(first.id)).toBeUndefined();
    expect(log.since(first.id + 1)).toHaveLength(999);
    expect(log.since(log.last)).toEqual([]);
  });
});
