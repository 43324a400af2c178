// The clean process that a bundle is loaded in: `node child/main.cjs.js <StartTask as JSON>`, with a channel to its parent.
import { setImmediate as turn } from 'node:timers/promises';
import { explain } from './explain';
import { Fault } from './fault';
import { firstLine, errorChain } from './errorChain';
import { ownPlace } from './place';
import { Reporter } from './reporter';
import { sealNetwork, sealResolution } from './seal';
import { startInChild } from './startInChild';
import { noteUnreadableFiles } from './unreadableFile';
import type { StartTask } from '../task';

const task = JSON.parse(process.argv[2]!) as StartTask;
const reporter = new Reporter();
const stray: string[] = [];

// The line of the bundle that led to an error lies below those of Node.js itself, of which newer versions have more than ten.
Error.stackTraceLimit = 50;

// A portal logs faults outside any call and goes on; the author should know of them all the same.
process.on('uncaughtException', noteStray);
process.on('unhandledRejection', noteStray);
// The parent ends this process as soon as it has the result, and should the parent end first, there is no one to tell.
process.on('disconnect', () => process.exit(1));
setInterval(() => {}, 2 ** 30);

void run();

async function run(): Promise<void> {
  try {
    noteUnreadableFiles();
    sealResolution(task);
    sealNetwork((target) => reporter.send({ type: 'network', target }));
    const started = await startInChild(task, reporter);
    await turn();
    reporter.send({ type: 'passed', started: { ...started, warnings: [...started.warnings, ...new Set(stray)] } });
  } catch (error) {
    const failure =
      error instanceof Fault
        ? error.failure
        : explain(error, { ...task, otherwise: 'INIT_FAILED', what: `${task.name} did not start` });
    reporter.send({ type: 'failed', failure });
  }
}

function noteStray(error: unknown): void {
  const place = ownPlace(error, task.bundleDir);
  stray.push(`an error is thrown outside any call: ${firstLine(errorChain(error)[0]!)}${place ? `, at ${place}` : ''}`);
}
