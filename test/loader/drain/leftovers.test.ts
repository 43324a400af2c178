import {
  coreServices,
  createBackendPlugin,
  createExtensionPoint,
  createServiceFactory,
  createServiceRef,
} from '@backstage/backend-plugin-api';
import { EventEmitter } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { startBackend, type RunningBackend } from '../../support/backend';
import { drop } from '../../support/greeter';
import { globalMeters } from '../../support/meters';
import { waitFor } from '../../support/waitFor';

const TRACES = 'leaves-traces-dynamic';
/** Where the fixture notes what it was called for, as `<effect> <version>`. */
const EFFECTS = Symbol.for('test.effects');
const UPGRADES = 20;

interface Events {
  publish(event: { topic: string; eventPayload: unknown }): Promise<void>;
  subscribe(options: { id: string; topics: string[]; onEvent: () => Promise<void> }): Promise<void>;
}

interface Hub extends EventEmitter {
  keep(kept: { name: string; work: () => void }): { unsubscribe(): void };
  keepForever(works: Array<() => void>): void;
  ask(question: () => Promise<unknown>): Promise<unknown>;
}

/** A root service as an adopter may have one: with listeners, subscriptions, and callbacks that nobody can take back. */
class TestHub extends EventEmitter implements Hub {
  readonly #kept = new Set<() => void>();
  readonly #forever: Array<() => void> = [];
  onAsk = async (): Promise<void> => {};

  keep({ work }: { work: () => void }): { unsubscribe(): void } {
    this.#kept.add(work);
    return { unsubscribe: () => void this.#kept.delete(work) };
  }

  keepForever(works: Array<() => void>): void {
    this.#forever.push(...works);
  }

  async ask(question: () => Promise<unknown>): Promise<unknown> {
    await this.onAsk();
    return await question();
  }

  call(): void {
    this.emit('traces');
    for (const work of [...this.#kept, ...this.#forever]) work();
  }

  get held(): number {
    return this.listenerCount('traces') + this.#kept.size;
  }
}

const hubRef = createServiceRef<Hub>({ id: 'test.hub', scope: 'root' });
const eventsRef = createServiceRef<Events>({ id: 'events.service' });
let effects: string[] = [];

beforeEach(() => {
  effects = [];
  (globalThis as Record<symbol, unknown>)[EFFECTS] = effects;
  onTestFinished(() => {
    delete (globalThis as Record<symbol, unknown>)[EFFECTS];
  });
});

/** Effects but those of tasks and health checks, which come when they come, since the last call. */
function taken(): string[] {
  const found = effects.filter((effect) => !/^(task|health) /.test(effect));
  effects.splice(0);
  return found.sort();
}

/** A static plugin that hands out the events service. */
function publisher(took: (events: Events) => void): ReturnType<typeof createBackendPlugin> {
  return createBackendPlugin({
    pluginId: 'publisher',
    register: (env) =>
      env.registerInit({ deps: { events: eventsRef }, init: async ({ events }) => took(events as Events) }),
  });
}

/** A static plugin that puts numbered events into the queue of the events backend, as another instance would. */
function poster(took: (post: (number: number) => Promise<void>) => void): ReturnType<typeof createBackendPlugin> {
  return createBackendPlugin({
    pluginId: 'poster',
    register: (env) =>
      env.registerInit({
        deps: { auth: coreServices.auth, discovery: coreServices.discovery },
        init: async ({ auth, discovery }) =>
          took(async (number) => {
            const onBehalfOf = await auth.getOwnServiceCredentials();
            const { token } = await auth.getPluginRequestToken({ onBehalfOf, targetPluginId: 'events' });
            const answer = await fetch(`${await discovery.getBaseUrl('events')}/bus/v1/events`, {
              method: 'POST',
              headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
              body: JSON.stringify({ event: { topic: 'traces', payload: { number } }, notifiedSubscribers: [] }),
            });
            if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
          }),
      }),
  });
}

async function startTraced(): Promise<{ backend: RunningBackend; hub: TestHub; fire(): Promise<void> }> {
  const { provider } = globalMeters();
  const hub = new TestHub();
  const changes = new Set<() => void>();
  let events: Events;
  const backend = await startBackend({
    subscribe: (onChange) => {
      changes.add(onChange);
      return { unsubscribe: () => void changes.delete(onChange) };
    },
    prepare: (portal) => {
      portal.add(createServiceFactory({ service: hubRef, deps: {}, factory: () => hub }));
      portal.add(publisher((given) => (events = given)));
    },
    dynamicPlugins: { health: { interval: '200ms' } },
  });
  return {
    backend,
    hub,
    fire: async () => {
      await events.publish({ topic: 'traces', eventPayload: {} });
      for (const change of [...changes]) change();
      await provider.forceFlush();
      hub.call();
    },
  };
}

const ALL = ['config', 'event', 'kept', 'kept for ever', 'listener', 'metric', 'second listener'];
const ofBuild = (names: string[], version: string): string[] => names.map((name) => `${name} ${version}`).sort();

test(`A plugin that was upgraded ${UPGRADES} times hears of everything once, by its last build, and of nothing when it is removed`, async () => {
  const { backend, hub, fire } = await startTraced();
  let before: string | undefined;
  for (let upgrade = 0; upgrade <= UPGRADES; upgrade++) {
    const version = `1.0.${upgrade}`;
    await drop(backend, 'leaves-traces', { version });
    await backend.until(TRACES, 'running', version);
    if (before) await waitFor('the end of the earlier build', async () => effects.includes(`root shutdown ${before}`));
    expect(taken()).toEqual(
      [
        ...(before ? ofBuild(['root shutdown', 'shutdown'], before) : []),
        ...ofBuild(['root startup', 'startup'], version),
      ].sort(),
    );
    await fire();
    expect(taken()).toEqual(ofBuild(ALL, version));
    expect(hub.held).toBe(3);
    before = version;
  }
  await waitFor('a task and a health check', async () =>
    ['task', 'health'].every((effect) => effects.includes(`${effect} ${before}`)),
  );
  expect(new Set(effects.map((effect) => effect.split(' ').at(-1)))).toEqual(new Set([before]));
  await rm(join(backend.root, 'leaves-traces'), { recursive: true });
  await backend.until(TRACES, 'gone');
  await waitFor('its end', async () => effects.includes(`root shutdown ${before}`));
  effects.splice(0);
  await fire();
  expect(taken()).toEqual([]);
  expect(hub.held).toBe(0);
});

test('While the next build starts, the one that serves hears of events, and alone', async () => {
  const { backend, hub, fire } = await startTraced();
  await drop(backend, 'leaves-traces', { version: '1.0.0' });
  await backend.until(TRACES, 'running', '1.0.0');
  hub.onAsk = async () => {
    effects.splice(0);
    await fire();
    effects.push(`fired ${taken().join(', ')}`);
  };
  await drop(backend, 'leaves-traces', { version: '2.0.0' });
  await backend.until(TRACES, 'running', '2.0.0');
  const [fired] = effects.filter((effect) => effect.startsWith('fired'));
  // The config is followed from the first read on.
  expect(fired).toBe(`fired ${[...ofBuild(ALL, '1.0.0'), 'config 2.0.0'].sort().join(', ')}`);
});

test('No event from the queue of the events backend is lost or handled twice while a plugin is upgraded', async () => {
  let post: (number: number) => Promise<void>;
  const backend = await startBackend({
    prepare: (portal) => {
      portal.add(createServiceFactory({ service: hubRef, deps: {}, factory: () => new TestHub() }));
      portal.add(import('@backstage/plugin-events-backend'));
      portal.add(poster((given) => (post = given)));
    },
    dynamicPlugins: { drainTimeout: '2s' },
  });
  await drop(backend, 'leaves-traces', { version: '1.0.0' });
  await backend.until(TRACES, 'running', '1.0.0');
  await waitFor('the subscription', async () => backend.logs.some((line) => line.includes('"PUT /api/events/bus/v1')));
  const held = [];
  for (let number = 0; number < 60; number++) {
    if (number % 20 === 10) await drop(backend, 'leaves-traces', { version: `1.0.${number}` });
    // Has the build that serves drain for as long as it may.
    if (number % 20 === 9) held.push(backend.get('/api/traces/hold').catch(() => {}));
    await post!(number);
    await sleep(50);
  }
  const handled = (): number[] =>
    effects.filter((effect) => effect.startsWith('queued ')).map((effect) => Number(effect.split(' ')[1]));
  await waitFor('the last event', async () => handled().includes(59));
  expect(handled().sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, number) => number));
  await Promise.all(held);
});

test('Timers and listeners that a build leaves behind are told of, and those that it ends are not', async () => {
  const { setInterval } = globalThis;
  const backend = await startBackend();
  for (const version of ['1.0.0', '1.0.1', '1.0.2']) {
    await drop(backend, 'leaves-timers', { version });
    await backend.until('leaves-timers-dynamic', 'running', version);
  }
  await rm(join(backend.root, 'leaves-timers'), { recursive: true });
  await backend.until('leaves-timers-dynamic', 'gone');
  const told = (): string[] => backend.logs.filter((line) => line.includes("Plugin 'timers' left behind"));
  await waitFor('the third warning', async () => told().length >= 3);
  const place = String.raw`\(\S+leaves-timers-dynamic\S+index\.cjs:\d+:\d+\)`;
  const all = `left behind: an interval ${place}, a listener of the process for 'SIGWINCH' ${place}\\. It keeps running`;
  for (const line of told()) expect(line).toMatch(new RegExp(all));
  expect(told()).toHaveLength(3);
  await backend.stop();
  expect(globalThis.setInterval).toBe(setInterval);
  process.removeAllListeners('SIGWINCH');
});

test('A build that does not start hears of nothing afterwards', async () => {
  const { backend, hub, fire } = await startTraced();
  hub.onAsk = async () => {
    throw new Error('No answers today');
  };
  await drop(backend, 'leaves-traces');
  await backend.until(TRACES, 'failed');
  effects.splice(0);
  await fire();
  expect(taken()).toEqual([]);
  expect(hub.held).toBe(0);
});

test('A static plugin that is started anew for a module hears of events once', async () => {
  let events: Events;
  let heard = 0;
  const words = createExtensionPoint<{ addWord(word: string): void }>({ id: 'greeter.words' });
  const backend = await startBackend({
    prepare: (portal) => {
      portal.add(publisher((given) => (events = given)));
      portal.add(
        createBackendPlugin({
          pluginId: 'greeter',
          register: (env) => {
            env.registerExtensionPoint(words, { addWord: () => {} });
            env.registerInit({
              deps: { events: eventsRef, httpRouter: coreServices.httpRouter },
              init: async (own) => {
                const onEvent = async (): Promise<void> => void heard++;
                await (own.events as Events).subscribe({ id: 'greeter', topics: ['traces'], onEvent });
              },
            });
          },
        }),
      );
    },
  });
  for (const version of ['1.0.0', '1.0.1', '1.0.2']) {
    await drop(backend, 'greeter-module-word', { version });
    await backend.until('greeter-module-word-dynamic', 'running', version);
    heard = 0;
    await events!.publish({ topic: 'traces', eventPayload: {} });
    expect(heard).toBe(1);
  }
  await rm(join(backend.root, 'greeter-module-word'), { recursive: true });
  await backend.until('greeter-module-word-dynamic', 'gone');
  heard = 0;
  await events!.publish({ topic: 'traces', eventPayload: {} });
  expect(heard).toBe(1);
});
