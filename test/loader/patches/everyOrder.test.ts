import { channel } from 'node:diagnostics_channel';
import { createServer } from 'node:http';
import Module, { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { surviveClosedOutput } from '../../../loader/src/patches/closedOutput';
import { hideFromDevelopmentServer } from '../../../loader/src/patches/developmentServer';
import { LeftBehind } from '../../../loader/src/patches/leftBehind';
import { raiseListenerLimit } from '../../../loader/src/patches/listenerLimit';
import { patchPackagePaths } from '../../../loader/src/patches/packagePaths';
import { patchProperty, type Patch } from '../../../loader/src/patches/patchProperty';
import { patchExtensions } from '../../../loader/src/patches/preparedScripts';
import { withOwnSignals } from '../../../loader/src/patches/signals';
import { catchUpgrades, routeUpgrades } from '../../../loader/src/patches/upgradeRouting';

const internals = Module as unknown as { _resolveFilename: unknown; _extensions: Record<string, unknown> };
const EVENTS = ['SIGTERM', 'SIGINT', 'beforeExit', 'newListener'];

const server = createServer();
/** As Backstage has one, which it adds with the first backend that starts. */
const backstageHandler = (): void => {};
let backstageStarted = false;

afterAll(() => {
  for (const event of EVENTS) process.off(event, backstageHandler);
});

/** Every patch of the folder, installed for real; SIGUSR1 is not given back, see inspectorSignal.ts. */
const PATCHES: Record<string, () => Patch> = {
  'module resolution': () => patchPackagePaths('/nowhere'),
  'script extension': () => patchExtensions(),
  'messages to the development server': () => hideFromDevelopmentServer('/nowhere'),
  'intervals and listeners': () => new LeftBehind('/nowhere'),
  upgrades: () => {
    const caught = catchUpgrades();
    routeUpgrades(server);
    return caught;
  },
  'limit of listeners': () => raiseListenerLimit(),
  'closed output': () => surviveClosedOutput(),
  signals: () =>
    withOwnSignals(
      async () => {
        if (!backstageStarted) for (const event of EVENTS.slice(0, 3)) process.on(event, backstageHandler);
        backstageStarted = true;
      },
      async () => {},
    ),
};

/** What Node.js and this process are like, as far as a patch may change it. */
function state(): unknown[] {
  return [
    Object.getOwnPropertyDescriptor(internals, '_resolveFilename')!.value,
    internals._extensions['.js'],
    Object.getOwnPropertyDescriptor(process, 'send')?.value,
    globalThis.setInterval,
    process.getMaxListeners(),
    ...EVENTS.flatMap((event) => [event, ...process.rawListeners(event)]),
    ...[process.stdout, process.stderr].flatMap((stream) => ['output', ...stream.rawListeners('error')]),
    channel('net.server.socket').hasSubscribers,
    ...server.rawListeners('upgrade'),
  ];
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, index) => Object.is(value, b[index]));
}

/** Every choice of so many of the items, in every order. */
function* arrangements<T>(items: readonly T[], count: number): Generator<T[]> {
  if (count === 0) yield [];
  else
    for (const item of items) {
      const others = items.filter((other) => other !== item);
      for (const rest of arrangements(others, count - 1)) yield [item, ...rest];
    }
}

test('Patches that are disposed of leave Node.js as it was, any five of them in any order, and all in any round', () => {
  // Backstage adds its handlers once in the life of a process: they are there from here on.
  PATCHES.signals!().dispose();
  const before = state();
  const names = Object.keys(PATCHES);
  const rounds = names.map((_, at) => [...names.slice(at), ...names.slice(0, at)]);
  const orders = [...arrangements(names, 5), ...rounds, ...rounds.map((round) => round.toReversed())];
  const wrong = orders.filter((order) => {
    const installed = new Map(names.filter((name) => order.includes(name)).map((name) => [name, PATCHES[name]!()]));
    if (isSame(state(), before)) return true;
    for (const name of order) installed.get(name)!.dispose();
    return !isSame(state(), before);
  });
  expect(wrong).toEqual([]);
  expect(orders).toHaveLength(8 * 7 * 6 * 5 * 4 + 16);
});

test('Each patch changes something, and disposing of it twice is as good as once', () => {
  for (const [name, install] of Object.entries(PATCHES)) {
    const before = state();
    const [first, second] = [install(), install()];
    expect(isSame(state(), before), name).toBe(false);
    first.dispose();
    first.dispose();
    // The other one is still there.
    expect(isSame(state(), before), name).toBe(false);
    second.dispose();
    expect(isSame(state(), before), name).toBe(true);
  }
});

test('A function that somebody else has put in front since stays, and calls the original', () => {
  const calls: string[] = [];
  const object = { call: (): void => void calls.push('original') };
  const { call: original } = object;
  const layer =
    (name: string) =>
    (next: () => void): (() => void) =>
    () => {
      calls.push(name);
      next();
    };
  const first = patchProperty(object, 'call', layer('first'));
  const inner = object.call;
  const theirs = (): void => {
    calls.push('theirs');
    inner();
  };
  object.call = theirs;
  const second = patchProperty(object, 'call', layer('second'));
  object.call();
  expect(calls.splice(0)).toEqual(['second', 'theirs', 'first', 'original']);
  first.dispose();
  object.call();
  expect(calls.splice(0)).toEqual(['second', 'theirs', 'original']);
  second.dispose();
  expect(object.call).toBe(theirs);
  object.call();
  expect(calls).toEqual(['theirs', 'original']);
  object.call = original;
});

test('While patches come and go, modules are found, scripts run and servers answer', async () => {
  const patches = Object.values(PATCHES).map((install) => install());
  onTestFinished(() => patches.forEach((patch) => patch.dispose()));
  const require = createRequire(join(process.cwd(), 'package.json'));
  const answer = async (): Promise<string> => {
    const there = createServer((_request, response) => response.end('here'));
    await new Promise<void>((resolve) => there.listen(0, '127.0.0.1', resolve));
    const response = await fetch(`http://127.0.0.1:${(there.address() as AddressInfo).port}`);
    const text = await response.text();
    await new Promise((resolve) => there.close(resolve));
    return text;
  };
  for (;;) {
    expect(require.resolve('semver')).toContain('semver');
    expect(await answer()).toBe('here');
    expect(
      await new Promise((resolve) => {
        const timer = setInterval(() => resolve(clearInterval(timer)), 1);
      }),
    ).toBeUndefined();
    if (patches.length === 0) return;
    patches.splice(patches.length >> 1, 1)[0]!.dispose();
  }
});
