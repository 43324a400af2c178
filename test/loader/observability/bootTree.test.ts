import { trace, type context } from '@opentelemetry/api';
import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
import type { PluginStatus } from '@stagedoor/loader';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { formatSpan } from '../../../loader/src/observability/timing/formatSpan';
import { timed, timedWhole, type Span } from '../../../loader/src/observability/timing/timed';
import { adminApi } from '../../support/adminApi';
import { startBackend, type RunningBackend } from '../../support/backend';
import { dropFolder, fixtureBundle } from '../../support/bundles';
import { GREETER, drop } from '../../support/greeter';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';

/** Every step in a tree, outermost first. */
function steps(span: Span): Span[] {
  return [span, ...span.children.flatMap(steps)];
}

function find(spans: readonly Span[], name: string, label?: string): Span | undefined {
  return spans.flatMap(steps).find((span) => span.name === name && (label === undefined || span.label === label));
}

const slow = createBackendPlugin({
  pluginId: 'slow',
  register: (env) =>
    env.registerInit({ deps: { database: coreServices.database }, init: async () => void (await sleep(120)) }),
});

async function statusOf(backend: RunningBackend, name: string): Promise<PluginStatus> {
  const { call } = await adminApi(backend);
  return (await call<PluginStatus>('GET', `/plugins/${name}`)).body;
}

describe('where the time of the start went', () => {
  test('is told by step: services, bundles, plugins and their inits', async () => {
    const backend = await startBackend({
      prepare: (portal) => portal.add(slow),
      before: async (root) => {
        await dropFolder(await fixtureBundle(await tempDir(), 'greeter'), root, 'greeter');
        await dropFolder(await fixtureBundle(await tempDir(), 'throws-in-init'), root, 'broken');
      },
    });
    const { body: tree } = await (await adminApi(backend)).call<Span>('GET', '/boot');
    expect(tree.name).toBe('start');
    expect(find([tree], 'init', "plugin 'slow'")!.durationMs).toBeGreaterThanOrEqual(118);
    expect(find([tree], 'plugin', 'slow')!.durationMs).toBeGreaterThanOrEqual(118);
    expect(tree.durationMs).toBeGreaterThanOrEqual(find([tree], 'plugin', 'slow')!.durationMs);
    expect(find([tree], 'service', 'core.database')).toBeDefined();
    for (const step of ['settle', 'stage']) expect(find([tree], step, 'greeter')).toBeDefined();
    const bundle = find([tree], 'bundle', GREETER)!;
    expect(bundle.children.map(({ name }) => name)).toEqual(['validate', 'load', 'register']);
    expect(find([tree], 'init', "plugin 'faulty'")).toMatchObject({ failed: true });
    for (const { startMs, durationMs } of steps(tree)) {
      expect(startMs + durationMs).toBeLessThanOrEqual(tree.durationMs + 0.05);
    }
  });

  test('is text in the log at level debug', async () => {
    const backend = await startBackend({ prepare: (portal) => portal.add(slow) });
    const text = backend.logs.find((line) => line.startsWith('debug Where time went:\nstart'))!;
    expect(text).toMatch(/^(│ {2})*( {3})*└─ init plugin 'slow' \d{3,} ms$/m);
  });

  test('is told of each bundle, for its latest load', async () => {
    const backend = await startBackend({
      before: async (root) => dropFolder(await fixtureBundle(await tempDir(), 'greeter'), root, 'greeter'),
    });
    const atStart = await statusOf(backend, GREETER);
    expect(atStart.boot!.map(({ name }) => name)).toEqual(['settle', 'stage', 'bundle', 'plugin']);
    await drop(backend, 'greeter', { version: '2.0.0' });
    await backend.until(GREETER, 'running', '2.0.0');
    const later = await waitFor('the times of the second load', async () => {
      const status = await statusOf(backend, GREETER);
      return JSON.stringify(status.boot) !== JSON.stringify(atStart.boot) && status;
    });
    // It looks once more whether the drop has changed meanwhile.
    expect(later.boot!.map(({ name }) => name).slice(0, 4)).toEqual(['settle', 'stage', 'bundle', 'plugin']);
    expect(find(later.boot!, 'init', "plugin 'greeter'")).toBeDefined();
    expect((await backend.plugins())[0]).not.toHaveProperty('boot');
    await waitFor('the text', async () => backend.logs.some((line) => /^debug Where time went:\nload/.test(line)));
  });

  test('is told of a plugin in a process of its own', async () => {
    const backend = await startBackend({ dynamicPlugins: { isolation: 'process' } });
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    const status = await waitFor('the times of the load', async () => {
      const found = await statusOf(backend, GREETER);
      return found.boot && found;
    });
    expect(find(status.boot!, 'inspect')!.durationMs).toBeGreaterThan(50);
    expect(find(status.boot!, 'plugin', 'greeter')).toBeDefined();
  });

  test('goes to the tracer that the operator runs, a trace per load', async () => {
    const spans: Array<{ name: string; parent?: unknown; ms: number; attributes: object }> = [];
    trace.setGlobalTracerProvider({
      getTracer: () =>
        ({
          startSpan(name: string, options: { startTime: number; attributes: object }, parent: typeof context) {
            const span = { name, parent: trace.getSpan(parent as never), ms: 0, attributes: options.attributes };
            spans.push(span);
            return Object.assign(span, {
              end: (time: number) => (span.ms = time - options.startTime),
              setStatus: () => span,
              spanContext: () => ({ traceId: '1', spanId: '1', traceFlags: 1 }),
            });
          },
        }) as never,
    });
    onTestFinished(() => trace.disable());
    const backend = await startBackend();
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    const load = await waitFor('a span', async () => spans.find(({ name }) => name === 'stagedoor load'));
    expect(load.parent).toBeUndefined();
    const bundle = spans.find(({ name }) => name === 'stagedoor bundle')!;
    expect(bundle).toMatchObject({ parent: load, attributes: { 'stagedoor.of': GREETER } });
    expect(bundle.ms).toBeGreaterThan(0);
    expect(spans.find(({ name }) => name === 'stagedoor validate')!.parent).toBe(bundle);
  });
});

describe('a tree of steps', () => {
  test('holds steps that end in an error, and nothing of what goes on afterwards', async () => {
    let whole: Span | undefined;
    let after: Promise<void> | undefined;
    const work = timedWhole(
      'whole',
      async () => {
        after = sleep(30).then(() => timed('too-late', undefined, () => {}));
        expect(() =>
          timed('sync', 'a', () => {
            throw new Error('no');
          }),
        ).toThrow('no');
        await expect(timed('async', 'b', () => Promise.reject(new Error('neither')))).rejects.toThrow('neither');
        return 42;
      },
      (span) => (whole = span),
    );
    expect(await work).toBe(42);
    await after;
    expect(whole!.children).toMatchObject([
      { name: 'sync', label: 'a', failed: true },
      { name: 'async', label: 'b', failed: true },
    ]);
  });

  test('is drawn with those steps that took time or failed', () => {
    const span = (name: string, durationMs: number, children: Span[] = [], failed = false): Span => ({
      name,
      startMs: 0,
      durationMs,
      children,
      ...(failed && { failed }),
    });
    const tree = span('start', 100.4, [
      span('a', 60, [span('b', 50), span('quick', 0.5)]),
      span('c', 20, [span('d', 0.1, [], true)]),
    ]);
    expect(formatSpan(tree)).toBe(
      ['start 100 ms', '├─ a 60 ms', '│  └─ b 50 ms', '└─ c 20 ms', '   └─ d 0 ms failed'].join('\n'),
    );
  });
});
