// The clean process that a remote is loaded in: `node frontend/main.cjs.js <FrontendTask as JSON>`, with a channel to its parent.
import { sealNetwork } from '../child/seal';
import { Fault } from '../child/fault';
import { Reporter } from '../child/reporter';
import { loadRemote } from './loadRemote';
import type { FrontendTask } from './task';

const task = JSON.parse(process.argv[2]!) as FrontendTask;
const reporter = new Reporter();

// A page goes on after faults outside of any call.
process.on('uncaughtException', () => {});
process.on('unhandledRejection', () => {});
process.on('disconnect', () => process.exit(1));
setInterval(() => {}, 2 ** 30);

void run();

async function run(): Promise<void> {
  try {
    sealNetwork((target) => reporter.send({ type: 'network', target }));
    reporter.send({ type: 'passed', started: await loadRemote(task, reporter) });
  } catch (error) {
    const message = `${task.name} does not load: ${(error as Error).message}`;
    const failure = error instanceof Fault ? error.failure : { code: 'LOAD_FAILED' as const, message };
    reporter.send({ type: 'failed', failure });
  }
}
