import type { JsonObject } from '@backstage/types';
import { Socket } from 'node:net';
import { Channel } from '../channel';
import type { ChildSetup, ChildUnit } from '../messages';
import type { StagedBundle } from '../../stage/stagedBundle';
import { ChildRuntime } from './childRuntime';
import { reportFaults } from './reportFaults';

/** The streams to and from the portal, see `PluginProcess`. */
const OUTPUT_FD = 3;
const INPUT_FD = 4;
const BEAT_MS = 1000;
/** The portal is trusted, and app-config may be large. */
const LIMITS = { lineBytes: Infinity, bytesPerSecond: Infinity };

/** Makes this process a child of the portal, until that sends stop or is gone. */
export function runChild(): void {
  // Terminals and service managers signal every process of a portal at once; only the portal decides about its children.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});

  const output = new Socket({ fd: OUTPUT_FD, readable: false, writable: true });
  const input = new Socket({ fd: INPUT_FD, readable: true, writable: false });
  let runtime: ChildRuntime | undefined;
  const running = (): ChildRuntime => {
    if (!runtime) throw new Error('The child was not set up');
    return runtime;
  };
  const channel: Channel = new Channel({ input, output }, LIMITS, {
    call: async (method, params) => {
      switch (method) {
        case 'inspect':
          return running().inspect(params as StagedBundle);
        case 'start':
          return running().start(params as ChildUnit);
        case 'health':
          return running().health(params as number);
        case 'metrics':
          return running().metrics();
        case 'stop':
          await running().stop();
          setImmediate(() => process.exit(0));
          return null;
        default:
          throw new Error(`No method '${method}'`);
      }
    },
    notify: (method, params) => {
      if (method === 'setup') runtime = new ChildRuntime(params as ChildSetup, channel);
      if (method === 'portalStarted') running().portalStarted();
      if (method === 'config') running().configChanged(params as JsonObject);
    },
  });
  reportFaults(channel);
  // The portal is gone; everything that the plugin started ends as well. If the plugin blocks this process, the watchdog ends it.
  input.once('close', () => process.kill(-process.pid, 'SIGKILL'));
  setInterval(() => channel.notify('beat'), BEAT_MS);
}
