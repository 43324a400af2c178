import type { JsonObject } from '@backstage/types';
import { Socket } from 'node:net';
import { Channel } from '../channel';
import type { ChildSetup, ChildUnit } from '../messages';
import type { StagedBundle } from '../../stage/stageDrop';
import { ChildRuntime } from './childRuntime';
import { reportFaults } from './reportFaults';
import { startWatchdog } from './watchdog';

/** The stream to the portal, see `spawnChild`. */
const CONTROL_FD = 3;
const BEAT_MS = 1000;
/** The portal is trusted, and app-config may be long. */
const LIMITS = { lineBytes: Infinity, bytesPerSecond: Infinity };

/** Makes this process a child of the portal with the given process id, until that one says stop or is gone. */
export function runChild(parentPid: number): void {
  // The membrane of a confined process has a thread that watches.
  if (!process.permission) startWatchdog(parentPid);
  // Terminals and service managers signal every process of a portal at once; only the portal decides about its children.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});

  const stream = new Socket({ fd: CONTROL_FD, readable: true, writable: true });
  let runtime: ChildRuntime | undefined;
  const running = (): ChildRuntime => {
    if (!runtime) throw new Error('The child was not set up');
    return runtime;
  };
  const channel: Channel = new Channel(stream, LIMITS, {
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
      if (method === 'config') running().configChanged(params as JsonObject);
    },
  });
  reportFaults(channel);
  // The portal is gone; whatever the plugin started goes as well.
  stream.once('close', () => process.kill(-process.pid, 'SIGKILL'));
  setInterval(() => channel.notify('beat'), BEAT_MS);
}
