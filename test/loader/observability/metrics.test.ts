import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { metrics } from '@opentelemetry/api';
import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { joinExpositions, ofPlugin } from '../../../loader/src/observability/metrics/exposition';
import { adminApi } from '../../support/adminApi';
import { startBackend, type BackendOptions, type RunningBackend } from '../../support/backend';
import { freePort } from '../../support/freePort';
import { globalMeters } from '../../support/meters';
import { rawRequest } from '../../support/rawRequest';
import { GREETER, drop } from '../../support/greeter';
import { waitFor } from '../../support/waitFor';

const MEASURES = 'measures-dynamic';

/** Samples of Prometheus' text format: by name, with labels less the scope's. */
type Samples = Map<string, Array<{ labels: Record<string, string>; value: number }>>;

function parse(text: string): Samples {
  const samples: Samples = new Map();
  for (const line of text.split('\n').filter((candidate) => candidate && !candidate.startsWith('#'))) {
    const [, name, inner, value] = /^([\w:]+)\{(.*)\} (\S+)$/.exec(line)!;
    const labels = [...inner!.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text_]) => [key, text_]);
    const { otel_scope_name: _scope, ...rest } = Object.fromEntries(labels) as Record<string, string>;
    samples.set(name!, [...(samples.get(name!) ?? []), { labels: rest, value: Number(value) }]);
  }
  return samples;
}

async function measuringBackend(options: BackendOptions = {}): Promise<RunningBackend> {
  const backend = await startBackend(options);
  await drop(backend, 'measures');
  await backend.until(MEASURES, 'running');
  return backend;
}

async function metricsOf(backend: RunningBackend, pluginId: string): Promise<Samples> {
  const response = await fetch(`${backend.url}/api/dynamic-plugins/v1/${pluginId}/metrics`, {
    headers: { authorization: `Bearer ${await backend.token()}` },
  });
  expect(response.headers.get('content-type')).toMatch(/^text\/plain;.* version=0\.0\.4/);
  return parse(await response.text());
}

const REQUESTS = 'stagedoor_plugin_request_duration_seconds';

describe('the metrics of a plugin', () => {
  test('count its requests by method and class of status, with how long they took', async () => {
    const backend = await measuringBackend();
    for (let count = 0; count < 3; count++) await backend.get('/api/measures/visit');
    await backend.get('/api/measures/fail');
    await backend.get('/api/measures/secret');
    await fetch(`${backend.url}/api/measures/visit`, { method: 'PROPFIND' });
    const samples = await metricsOf(backend, 'measures');
    const count = (method: string, status: string): number | undefined =>
      samples.get(`${REQUESTS}_count`)!.find(({ labels }) => labels.method === method && labels.status === status)
        ?.value;
    expect([count('GET', '2xx'), count('GET', '5xx'), count('GET', '4xx'), count('other', '2xx')]).toEqual([
      3, 1, 1, 1,
    ]);
    const buckets = samples
      .get(`${REQUESTS}_bucket`)!
      .filter(({ labels }) => labels.method === 'GET' && labels.status === '2xx');
    expect(buckets.map(({ labels }) => labels.le)).toEqual(
      [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60].map(String).concat('+Inf'),
    );
    expect(buckets.at(-1)!.value).toBe(3);
    expect(samples.get('stagedoor_bundle_load_duration_seconds_count')).toEqual([
      { labels: { bundle: MEASURES, outcome: 'running' }, value: 1 },
    ]);
  });

  test('know the requests in flight, and those whose client went away', async () => {
    const backend = await measuringBackend();
    const inFlight = async (): Promise<number | undefined> =>
      (await metricsOf(backend, 'measures')).get('stagedoor_plugin_requests_in_flight')?.[0]?.value;
    const gone = new AbortController();
    const held = [fetch(`${backend.url}/api/measures/slow`), fetch(`${backend.url}/api/measures/slow`)];
    fetch(`${backend.url}/api/measures/slow`, { signal: gone.signal }).catch(() => {});
    await waitFor('three requests in flight', async () => (await inFlight()) === 3);
    gone.abort();
    await waitFor('two requests in flight', async () => (await inFlight()) === 2);
    await backend.get('/api/measures/go');
    await Promise.all(held);
    await waitFor('no request in flight', async () => (await inFlight()) === 0);
    const counts = (await metricsOf(backend, 'measures')).get(`${REQUESTS}_count`)!;
    expect(counts).toContainEqual({ labels: { plugin: 'measures', method: 'GET', status: 'aborted' }, value: 1 });
  });

  test.each(['in-process', 'process'])('know the connections that were upgraded (%s)', async (isolation) => {
    const backend = await startBackend({ dynamicPlugins: { isolation } });
    await drop(backend, 'streams');
    await backend.until('streams-dynamic', 'running');
    // The first request is where it begins to listen for upgrades.
    await backend.get('/api/streams/open/socket');
    const port = Number(new URL(backend.url).port);
    const headers = { connection: 'Upgrade', upgrade: 'echo' };
    const agreed = await rawRequest(port, { target: '/api/streams/open/socket', headers });
    expect(agreed.status).toBe(101);
    await rawRequest(port, { target: '/api/streams/socket', headers });
    const counts = (await metricsOf(backend, 'streams')).get(`${REQUESTS}_count`)!;
    const count = (status: string): number | undefined => counts.find(({ labels }) => labels.status === status)?.value;
    expect([count('upgraded'), count('4xx'), count('aborted')]).toEqual([1, 1, undefined]);
  });

  test.each(['in-process', 'process'])('hold what it measures itself (%s)', async (isolation) => {
    const backend = await measuringBackend({ dynamicPlugins: { isolation } });
    await backend.get(`/api/measures/visit?name=${encodeURIComponent('O"Hara\n\\x')}`);
    const samples = await metricsOf(backend, 'measures');
    expect(samples.get('measures_visits_total')).toEqual([{ labels: { name: 'O\\"Hara\\n\\\\x' }, value: 1 }]);
    expect(samples.get(`${REQUESTS}_count`)![0]).toMatchObject({ labels: { plugin: 'measures' }, value: 1 });
    // In a process of its own it cannot pass for the portal.
    expect(samples.has('stagedoor_forged_total')).toBe(isolation === 'in-process');
    if (isolation === 'process') {
      expect(samples.get('stagedoor_plugin_process_restarts_total')).toMatchObject([{ value: 0 }]);
      expect(samples.get('stagedoor_plugin_process_resident_bytes')![0]!.value).toBeGreaterThan(1e7);
    }
  });

  test('are those of one plugin, kept across its builds, and unknown for none', async () => {
    const backend = await measuringBackend();
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    await backend.get('/api/greeter/version');
    await drop(backend, 'greeter', { version: '2.0.0' });
    await backend.until(GREETER, 'running', '2.0.0');
    await backend.get('/api/greeter/version');
    const samples = await metricsOf(backend, 'greeter');
    expect(samples.get(`${REQUESTS}_count`)).toEqual([
      { labels: { plugin: 'greeter', method: 'GET', status: '2xx' }, value: 2 },
    ]);
    expect(samples.get('stagedoor_bundle_load_duration_seconds_count')).toMatchObject([{ value: 2 }]);
    const { call } = await adminApi(backend);
    expect(await call('GET', '/nobody/metrics')).toMatchObject({
      status: 404,
      body: { error: { code: 'PLUGIN_UNKNOWN' } },
    });
  });
});

describe('the metrics of the portal', () => {
  test('are on a port of their own where one is set, each described once', async () => {
    const port = await freePort();
    const backend = await measuringBackend({ dynamicPlugins: { metrics: { port } } });
    await drop(backend, 'throws-in-init');
    await backend.until('throws-in-init-dynamic', 'failed');
    await backend.get('/api/measures/visit?name=x');
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    const text = await response.text();
    const types = text.match(/^# TYPE \S+/gm)!;
    expect(new Set(types).size).toBe(types.length);
    const samples = parse(text);
    expect(samples.get('stagedoor_bundles')).toEqual(
      expect.arrayContaining([
        { labels: { state: 'running' }, value: 1 },
        { labels: { state: 'failed' }, value: 1 },
      ]),
    );
    expect(samples.get('stagedoor_bundle_load_duration_seconds_count')).toContainEqual({
      labels: { bundle: 'throws-in-init-dynamic', outcome: 'failed' },
      value: 1,
    });
    expect(samples.get('measures_visits_total')).toMatchObject([{ value: 1 }]);
    await rm(join(backend.root, 'throws-in-init'), { recursive: true });
    await backend.until('throws-in-init-dynamic', 'gone');
    const later = parse(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
    expect(later.get('stagedoor_bundles')).toContainEqual({ labels: { state: 'failed' }, value: 0 });
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${port}/metrics`, { method: 'POST' })).status).toBe(404);
    await backend.stop();
    await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow();
  });

  test('do without that port when something else has it', async () => {
    const server = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const backend = await measuringBackend({ dynamicPlugins: { metrics: { port } } });
    expect(backend.logs.join('\n')).toMatch(/error METRICS_PORT_UNAVAILABLE: .*EADDRINUSE.* Hint: Change/);
    await backend.get('/api/measures/visit');
    expect((await metricsOf(backend, 'measures')).has(`${REQUESTS}_count`)).toBe(true);
  });

  test('go to the SDK that the operator runs as well', async () => {
    const { exporter, provider } = globalMeters();
    const backend = await measuringBackend();
    await backend.get('/api/measures/visit?name=x');
    expect((await metricsOf(backend, 'measures')).get(`${REQUESTS}_count`)).toMatchObject([{ value: 1 }]);
    await provider.forceFlush();
    const names = exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap((scope) => scope.metrics.map(({ descriptor }) => descriptor.name)),
      );
    expect(names).toEqual(expect.arrayContaining([REQUESTS, 'stagedoor_bundles', 'measures.visits']));
    await backend.stop();
    expect(metrics.getMeterProvider()).toBe(provider);
  });
});

describe("a text in Prometheus' format", () => {
  test('from a plugin keeps only what is one, and nothing that only the portal can know', () => {
    const text = [
      '# HELP good A counter.',
      '# TYPE good counter',
      'good{a="b"} 1',
      'good{a="c"} not-a-number',
      '<script>',
      '# TYPE stagedoor_bundles gauge',
      'stagedoor_bundles{state="running"} 99',
    ].join('\n');
    expect(ofPlugin(text)).toBe('# HELP good A counter.\n# TYPE good counter\ngood{a="b"} 1\n');
  });

  test('describes each name once, whoever measured it', () => {
    const one = '# TYPE visits counter\nvisits{by="one"} 1\n';
    const two = '# TYPE visits counter\nvisits{by="two"} +Inf\n';
    expect(joinExpositions([one, two])).toBe('# TYPE visits counter\nvisits{by="one"} 1\nvisits{by="two"} +Inf\n');
  });
});
