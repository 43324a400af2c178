import {
  coreServices,
  createBackendPlugin,
  createServiceFactory,
  createServiceRef,
} from '@backstage/backend-plugin-api';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startBackend, type RunningBackend } from '../../support/backend';
import { drop } from '../../support/greeter';
import { waitFor } from '../../support/waitFor';

const EVERYTHING = 'touches-everything-dynamic';
/** Where the fixture notes what it was called for, as `<effect> <version>`. */
const EFFECTS = Symbol.for('test.effects');
const UPGRADES = 20;
/** Effects that come again and again by themselves. */
const REGULAR = ['collated', 'processed', 'provided'];

interface Events {
  publish(event: { topic: string; eventPayload: unknown }): Promise<void>;
  subscribe(options: {
    id: string;
    topics: string[];
    onEvent: (event: { eventPayload: unknown }) => Promise<void>;
  }): Promise<void>;
}

const eventsRef = createServiceRef<Events>({ id: 'events.service' });
const signalsRef = createServiceRef<object>({ id: 'signals.service' });

/** The signals service that Backstage's plugins have, by the notifications plugin. */
function signalsFactory() {
  const ofNotifications = createRequire(
    createRequire(import.meta.url).resolve('@backstage/plugin-notifications-backend'),
  );
  const { DefaultSignalsService } = ofNotifications('@backstage/plugin-signals-node') as {
    DefaultSignalsService: { create(options: { events: Events }): object };
  };
  return createServiceFactory({
    service: signalsRef,
    deps: { events: eventsRef },
    factory: ({ events }) => DefaultSignalsService.create({ events }),
  });
}

interface Touched {
  backend: RunningBackend;
  effects: string[];
  /** Messages to signals. */
  signals: string[];
  events(): Events;
  /** A token with which the portal's plugins call others. */
  serviceToken(pluginId: string): Promise<string>;
}

async function startTouched(): Promise<Touched> {
  const effects: string[] = [];
  const signals: string[] = [];
  (globalThis as Record<symbol, unknown>)[EFFECTS] = effects;
  onTestFinished(() => {
    delete (globalThis as Record<symbol, unknown>)[EFFECTS];
  });
  let events!: Events;
  let serviceToken!: Touched['serviceToken'];
  const witness = createBackendPlugin({
    pluginId: 'witness',
    register: (env) =>
      env.registerInit({
        deps: { auth: coreServices.auth, events: eventsRef },
        init: async ({ auth, ...given }) => {
          events = given.events;
          serviceToken = async (targetPluginId) => {
            const onBehalfOf = await auth.getOwnServiceCredentials();
            return (await auth.getPluginRequestToken({ onBehalfOf, targetPluginId })).token;
          };
          await events.subscribe({
            id: 'witness',
            topics: ['signals'],
            onEvent: async ({ eventPayload }) => {
              signals.push((eventPayload as { message: { message: string } }).message as unknown as string);
            },
          });
        },
      }),
  });
  const backend = await startBackend({
    prepare: (portal) => {
      portal.add(signalsFactory());
      portal.add(witness);
      for (const name of ['catalog', 'search', 'scaffolder']) portal.add(import(`@backstage/plugin-${name}-backend`));
    },
    config: { catalog: { processingInterval: { seconds: 1 } } },
  });
  return { backend, effects, signals, events: () => events, serviceToken };
}

/** What Backstage's plugins and registries show of the bundle, by place; each effect that can be asked for, once. */
async function touch({ backend, effects, signals, events, serviceToken }: Touched) {
  const token = await backend.token();
  const ask = async (path: string, body?: unknown, authorization = `Bearer ${token}`): Promise<unknown> => {
    const answer = await fetch(backend.url + path, {
      method: body ? 'POST' : 'GET',
      headers: { authorization, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return answer.ok ? await answer.json() : answer.status;
  };
  signals.splice(0);
  const once = effects.length;
  await events().publish({ topic: 'everything', eventPayload: {} });
  const invoke = '/api/everything/.backstage/actions/v1/actions/everything%3Atouch/invoke';
  await ask(invoke, {}, `Bearer ${await serviceToken('everything')}`);
  await ask('/api/scaffolder/v2/dry-run', { template: TEMPLATE, values: {}, directoryContents: [] });
  const steps = (await ask('/api/scaffolder/v2/actions')) as Array<{ id: string; description: string }>;
  const metadata = (await ask('/api/everything/.well-known/backstage/permissions/metadata')) as Record<
    'permissions' | 'rules',
    Array<{ name: string; description: string }>
  >;
  const found = (await ask('/api/search/query?term=')) as { results: Array<{ document: { title: string } }> };
  const entities = (await ask('/api/catalog/entities')) as Array<{ metadata: { name: string } }>;
  return {
    called: effects
      .slice(once)
      .filter((effect) => !REGULAR.includes(effect.split(' ')[0]!))
      .sort(),
    signals: signals.map((message) => JSON.stringify(message)),
    steps: steps.filter(({ id }) => id === 'everything:touch').map(({ description }) => description),
    permissions: metadata.permissions?.map(({ name }) => name) ?? [],
    rules: metadata.rules?.map(({ description }) => description) ?? [],
    documents: found.results.map(({ document }) => document.title),
    entities: entities.map((entity) => entity.metadata.name).filter((name) => name.startsWith('everything')),
  };
}

const TEMPLATE = {
  apiVersion: 'scaffolder.backstage.io/v1beta3',
  kind: 'Template',
  metadata: { name: 'everything' },
  spec: { type: 'service', parameters: [], steps: [{ id: 'touch', name: 'Touch', action: 'everything:touch' }] },
};

test(`What a bundle brings to Backstage's own plugins happens once after each of ${UPGRADES} upgrades, and never after its removal`, async () => {
  const touched = await startTouched();
  const { backend, effects } = touched;
  for (let upgrade = 0; upgrade <= UPGRADES; upgrade++) {
    const version = `1.0.${upgrade}`;
    effects.splice(0);
    await drop(backend, 'touches-everything', { version });
    await backend.until(EVERYTHING, 'running', version);
    const expected = {
      called: [`action ${version}`, `step ${version}`],
      signals: [JSON.stringify({ message: version })],
      steps: [version],
      permissions: [`everything.${version}`],
      rules: [version],
      documents: [version],
      entities: [`everything-${version}`],
    };
    let shown: unknown;
    await waitFor(`the effects of ${version}`, async () => {
      shown = await touch(touched);
      return JSON.stringify(shown) === JSON.stringify(expected);
    }).catch(() => expect(shown).toEqual(expected));
    expect(effects.filter((effect) => effect.startsWith('connect'))).toEqual([`connect ${version}`]);
    await onlyOf(effects, version);
  }
  await rm(join(backend.root, 'touches-everything'), { recursive: true });
  await backend.until(EVERYTHING, 'gone');
  const nothing = { called: [], signals: [], steps: [], permissions: [], rules: [], documents: [], entities: [] };
  let shown: unknown;
  await waitFor('no effects', async () => {
    shown = await touch(touched);
    return JSON.stringify(shown) === JSON.stringify(nothing);
  }).catch(() => expect(shown).toEqual(nothing));
  effects.splice(0);
  await drop(backend, 'greeter');
  await backend.until('greeter-dynamic', 'running');
  expect(effects).toEqual([]);
});

/** What comes regularly comes, and from one build alone. */
async function onlyOf(effects: string[], version: string): Promise<void> {
  effects.splice(0);
  const all = REGULAR.map((effect) => `${effect} ${version}`);
  await waitFor('what comes regularly', async () => all.every((effect) => effects.includes(effect)));
  expect([...new Set(effects)].sort()).toEqual(all);
}
