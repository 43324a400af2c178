import { spawn } from 'node:child_process';
import { patience } from './patience';

/** How a process ended: its exit code, or the signal that ended it. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A started process and everything it wrote. */
export interface ChildProcess {
  pid: number;
  stdout(): string;
  stderr(): string;
  /** stdout and stderr in the order of arrival. */
  output(): string;
  /** Resolves when the process has ended and its output is complete. */
  exited: Promise<Exit>;
  /** Undefined while the process runs. */
  exit(): Exit | undefined;
  /** Sends a signal to the process, SIGTERM by default; SIGKILL follows if it never ends. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
}

/** Where and with what a process runs; `env` is laid over this process's environment, undefined removes. */
export interface ChildProcessOptions {
  cwd?: string;
  env?: Record<string, string | undefined>;
  /** Make it the leader of a process group of its own, as a terminal does with a command. */
  detached?: boolean;
}

/** Starts a process without a shell and without stdin. Rejects `exited` if it cannot be started. */
export function startProcess(command: string, args: string[], options: ChildProcessOptions = {}): ChildProcess {
  const child = spawn(command, args, {
    ...options,
    // Backstage behaves differently under NODE_ENV=test, which vitest sets.
    env: { ...process.env, NODE_ENV: undefined, FORCE_COLOR: undefined, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Array<{ from: 'stdout' | 'stderr'; text: string }> = [];
  for (const from of ['stdout', 'stderr'] as const) {
    child[from].setEncoding('utf8').on('data', (text: string) => chunks.push({ from, text }));
  }
  let exit: Exit | undefined;
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve((exit = { code, signal })));
  });
  exited.catch(() => undefined);
  const text = (from?: string) =>
    chunks
      .filter((chunk) => !from || chunk.from === from)
      .map((chunk) => chunk.text)
      .join('');
  return {
    pid: child.pid ?? -1,
    stdout: () => text('stdout'),
    stderr: () => text('stderr'),
    output: () => text(),
    exited,
    exit: () => exit,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), patience.effectMs);
      return await exited.finally(() => clearTimeout(timer));
    },
  };
}

/** Runs a process to its end. */
export async function runProcess(command: string, args: string[], options?: ChildProcessOptions) {
  const child = startProcess(command, args, options);
  const exit = await child.exited;
  return { ...exit, stdout: child.stdout(), stderr: child.stderr() };
}
