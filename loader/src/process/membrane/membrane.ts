// Loaded before anything else in each thread of a confined process, by the preload that the portal writes. Built as a file of its
// own. See docs/decisions/080.
import module from 'node:module';
import threads from 'node:worker_threads';
import { guardAddons } from './addons';
import { showDatabaseFolder } from './databaseFolder';
import { guardEngine } from './engine';
import { lock } from './lock';
import { guardNetwork } from './network';
import type { MembranePolicy } from './policy';
import { getPrototypeOf, ownKeys } from './primordials';
import { guardSignals } from './signals';
import { runGuardian } from './threads/guardian';
import type { FirstMessage, GuardianStart, ThreadStart } from './threads/messages';
import { pluginWorkerClass } from './threads/pluginWorker';

const GUARDIAN_LIMITS = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 };

type ThreadClass = typeof threads.Worker;

/** Enables the membrane in this thread. Node's originals are unreachable afterwards, so a second call has no effect. */
export function install(policy: MembranePolicy): void {
  const Thread = threads.Worker;
  guardSignals();
  guardNetwork(policy);
  guardEngine();
  guardAddons(policy);
  showDatabaseFolder(policy.database);
  if (threads.isMainThread) openThreads(Thread, startGuardian(Thread), threads.threadId);
  else enterThread(Thread);
  module.syncBuiltinESMExports();
}

function enterThread(Thread: ThreadClass): void {
  const start = threads.workerData as ThreadStart | GuardianStart;
  if ('requests' in start) {
    runGuardian(start, Thread);
    return;
  }
  const { workerData } = threads.receiveMessageOnPort(start.port)!.message as FirstMessage;
  // As Node expects it: the envelope belongs to the membrane.
  Object.assign(threads, { parentPort: start.port, workerData, threadId: start.id });
  openThreads(Thread, start.guardian, start.id);
}

/** Replaces the class `Worker`. */
function openThreads(Thread: ThreadClass, guardian: threads.MessagePort, threadId: number): void {
  const PluginWorker = pluginWorkerClass(guardian, threadId);
  lock(threads, 'Worker', PluginWorker);
  lock(Thread.prototype as object, 'constructor', PluginWorker);
}

/** Starts the guardian; returns the way to it. */
function startGuardian(Thread: ThreadClass): threads.MessagePort {
  const { port1, port2 } = new threads.MessageChannel();
  const start: GuardianStart = { requests: port2 };
  const guardian = new Thread('', {
    eval: true,
    stdout: true,
    stderr: true,
    env: {},
    workerData: start,
    transferList: [port2],
    resourceLimits: GUARDIAN_LIMITS,
  });
  // Without the guardian, the plugin could start no thread, and would wait for one forever.
  guardian.on('exit', () => process.kill(process.pid, 'SIGKILL'));
  guardian.unref();
  const handle = ownKeys(guardian).find((key) => (key as symbol).description === 'kHandle')!;
  lock(getPrototypeOf((guardian as unknown as Record<PropertyKey, object>)[handle]!)!, 'constructor', undefined);
  return port1;
}
