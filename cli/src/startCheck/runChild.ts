import { StagedoorError } from '@stagedoor/bundle';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { ChildMessage, Failure, StartedBundle } from './messages';

/** How the child process ended, or was ended. */
export type ChildOutcome = {
  /** What it was doing last, e.g. `the init of plugin 'x'`. */
  step: string;
  /** Hosts and sockets it tried to reach. */
  targets: string[];
  /** The end of what it wrote on stderr. */
  stderr: string;
} & (
  | { kind: 'passed'; started: StartedBundle }
  | { kind: 'failed'; failure: Failure }
  | { kind: 'timeout' }
  | { kind: 'ended'; code: number | null; signal: NodeJS.Signals | null }
);

/** Memory limit of the child in MB. */
export const CHILD_MEMORY_MB = 1024;

const STDERR_BYTES = 8192;

/** A running child; `outcome` settles once, and the process with all it started is gone by then. */
export interface RunningChild {
  outcome: Promise<ChildOutcome>;
  /** Ends it now, synchronously. */
  kill(): void;
}

/** Starts the clean child: nothing of this process's environment but PATH, no stdin, a process group of its own. */
export function startChild(script: string, task: object, homeDir: string, timeoutMs: number): RunningChild {
  const child = spawn(process.execPath, [`--max-old-space-size=${CHILD_MEMORY_MB}`, script, JSON.stringify(task)], {
    cwd: homeDir,
    env: { PATH: process.env.PATH, HOME: homeDir, TMPDIR: homeDir, NODE_ENV: 'production' },
    // stdout goes nowhere: plugins print there, and a flood of it must not fill a pipe.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: true,
  });
  const kill = (): void => killGroup(child);
  return { outcome: follow(child, timeoutMs).finally(() => endOf(child, kill)), kill };
}

async function follow(child: ChildProcess, timeoutMs: number): Promise<ChildOutcome> {
  const seen = { step: 'starting', targets: [] as string[], stderr: '' };
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    seen.stderr = (seen.stderr + text).slice(-STDERR_BYTES);
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<ChildOutcome>((resolve, reject) => {
      timer = setTimeout(() => resolve({ ...seen, kind: 'timeout' }), timeoutMs);
      child.on('error', (cause) => reject(notStarted(cause)));
      child.on('exit', (code, signal) => resolve({ ...seen, kind: 'ended', code, signal }));
      child.on('message', (message: ChildMessage) => {
        if (message.type === 'step') seen.step = message.step;
        else if (message.type === 'network') seen.targets.push(message.target);
        else if (message.type === 'passed') resolve({ ...seen, kind: 'passed', started: message.started });
        else resolve({ ...seen, kind: 'failed', failure: message.failure });
      });
    });
  } finally {
    clearTimeout(timer);
  }
}

function notStarted(cause: Error): StagedoorError {
  return new StagedoorError('VERIFY_FAILED', `Cannot start the process of the start check: ${cause.message}`, {
    hint: 'Free memory or processes, then try again.',
    cause,
  });
}

async function endOf(child: ChildProcess, kill: () => void): Promise<void> {
  if (child.pid === undefined) return;
  const gone = child.exitCode !== null || child.signalCode !== null ? undefined : once(child, 'exit');
  kill();
  await gone;
  // A process that left the group may hold the other end open.
  child.stderr?.destroy();
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    // Also when the child itself is gone: what it started may still run.
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}
