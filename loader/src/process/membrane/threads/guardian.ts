import { executionAsyncResource } from 'node:async_hooks';
import { writeSync } from 'node:fs';
import threads from 'node:worker_threads';
import type { MessagePort, Worker } from 'node:worker_threads';
import type { GuardianStart, StartThread, ThreadError, ThreadNote, ThreadRequest, ThreadStart } from './messages';

const OUTPUT = { stdout: 1, stderr: 2 } as const;

/**
 * Runs in a separate thread without any plugin code, and starts the threads that a plugin requests: Node exposes the internals
 * of a new thread to whatever the starting thread has patched, and these can start a thread without a preload.
 */
export function runGuardian({ requests }: GuardianStart, Thread: typeof Worker): void {
  // A thread of a plugin can send messages that Node's own code does not expect, and others must still get their threads.
  process.on('uncaughtException', () => {});
  // Node runs this in the message that says which script to run. No other code may send another one.
  (executionAsyncResource() as MessagePort).close();
  threads.parentPort!.close();
  new ThreadStarter(Thread).serve(requests);
}

/** The threads that one thread has requested, transitively. */
class ThreadStarter {
  readonly #Thread: typeof Worker;

  constructor(Thread: typeof Worker) {
    this.#Thread = Thread;
  }

  serve(requests: MessagePort): void {
    const running = new Map<number, Worker>();
    const tell = (note: ThreadNote): void => requests.postMessage(note);
    requests.on('message', (request: ThreadRequest) => {
      try {
        if (request.kind === 'start') this.#start(request, running, tell);
        else void running.get(request.id)?.terminate();
      } catch (error) {
        const { id } = request;
        tell({ kind: 'error', id, error: describe(error) });
        tell({ kind: 'exit', id, code: 1 });
      }
    });
    requests.on('close', () => {
      for (const thread of running.values()) void thread.terminate();
    });
  }

  #start(request: StartThread, running: Map<number, Worker>, tell: (note: ThreadNote) => void): void {
    const { id, source, isCode, argv, name, resourceLimits, port, pipes } = request;
    const { port1, port2 } = new threads.MessageChannel();
    const start: ThreadStart = { id, port, guardian: port2 };
    const thread = new this.#Thread(!isCode && /^(data|file):/.test(source) ? new URL(source) : source, {
      eval: isCode,
      argv,
      name,
      resourceLimits,
      // Without flags of its own, a thread has those of the process: the permission model, and this membrane.
      env: Object.fromEntries(Object.entries(request.env ?? process.env).filter(([key]) => key !== 'NODE_OPTIONS')),
      stdin: false,
      stdout: true,
      stderr: true,
      workerData: start,
      transferList: [port, port2],
    });
    this.serve(port1);
    running.set(id, thread);
    for (const from of ['stdout', 'stderr'] as const) {
      thread[from].on('data', (chunk: Uint8Array) => {
        if (pipes) tell({ kind: 'output', id, from, chunk });
        else write(OUTPUT[from], chunk);
      });
    }
    thread.on('online', () => tell({ kind: 'online', id }));
    thread.on('error', (error) => tell({ kind: 'error', id, error: describe(error) }));
    thread.on('exit', (code) => {
      running.delete(id);
      port1.close();
      tell({ kind: 'exit', id, code });
    });
  }
}

/** Not through this thread's own stdout: that would lead to the main thread. */
function write(fd: number, chunk: Uint8Array): void {
  try {
    writeSync(fd, chunk);
  } catch {
    // The pipe has no reader.
  }
}

function describe(error: unknown): ThreadError {
  try {
    const { name, message, stack, code } = error as Record<string, unknown>;
    if (message === undefined) return { name: 'Error', message: String(error) };
    const text = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));
    return { name: text(name) ?? 'Error', message: String(message), stack: text(stack), code: text(code) };
  } catch {
    return { name: 'Error', message: 'Unknown error' };
  }
}
