import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { MessageChannel, SHARE_ENV, receiveMessageOnPort } from 'node:worker_threads';
import type { MessagePort, Transferable, WorkerOptions } from 'node:worker_threads';
import { resolve } from 'node:path';
import type { FirstMessage, ThreadError, ThreadNote, ThreadRequest } from './messages';

let lastId = 0;

/**
 * The `Worker` for plugins: like Node's, except that the guardian starts the thread. This class does not enforce anything;
 * the guardian does.
 */
export function pluginWorkerClass(guardian: MessagePort, threadId: number): unknown {
  const workers = new Map<number, PluginWorker>();
  guardian.on('message', (note: ThreadNote) => {
    workers.get(note.id)?.[onNote](note);
    if (note.kind === 'exit') workers.delete(note.id);
    if (workers.size === 0) guardian.unref();
  });
  guardian.unref();

  return class Worker extends PluginWorker {
    constructor(source: string | URL, options: WorkerOptions = {}) {
      // Ids of threads that threads start are unique, too.
      super(guardian, threadId * 1000 + ++lastId, source, options);
      workers.set(this.threadId, this);
      guardian.ref();
    }
  };
}

const onNote = Symbol('onNote');

class PluginWorker extends EventEmitter {
  readonly stdin = null;
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly resourceLimits;
  threadId: number;
  readonly #guardian: MessagePort;
  readonly #port: MessagePort;
  readonly #exited: Promise<number>;

  constructor(guardian: MessagePort, id: number, source: string | URL, options: WorkerOptions) {
    super();
    const { port1, port2 } = new MessageChannel();
    this.#guardian = guardian;
    this.#port = port1;
    this.threadId = id;
    this.resourceLimits = options.resourceLimits ?? {};
    const first: FirstMessage = { workerData: options.workerData };
    port1.postMessage(first, options.transferList);
    const own = options.env === undefined || options.env === null || options.env === SHARE_ENV;
    const given = own ? process.env : (options.env as NodeJS.Dict<string>);
    this.#send(
      {
        kind: 'start',
        id,
        source: sourceOf(source, options),
        isCode: options.eval === true,
        argv: (options.argv ?? []).map(String),
        env: Object.fromEntries(Object.entries(given).map(([key, value]) => [key, String(value)])),
        name: options.name,
        resourceLimits: options.resourceLimits,
        pipes: true,
        port: port2,
      },
      [port2],
    );
    if (!options.stdout) this.stdout.on('data', (chunk: Uint8Array) => process.stdout.write(chunk));
    if (!options.stderr) this.stderr.on('data', (chunk: Uint8Array) => process.stderr.write(chunk));
    port1.on('message', (message) => this.emit('message', message));
    port1.on('messageerror', (error) => this.emit('messageerror', error));
    this.#exited = new Promise((done) => this.once('exit', done));
  }

  [onNote](note: ThreadNote): void {
    if (note.kind === 'online') this.emit('online');
    else if (note.kind === 'error') this.emit('error', rebuild(note.error));
    else if (note.kind === 'output') this[note.from].write(note.chunk);
    else {
      // The last messages of the thread are in the other port.
      for (let last = receiveMessageOnPort(this.#port); last; last = receiveMessageOnPort(this.#port)) {
        this.emit('message', last.message);
      }
      this.threadId = -1;
      this.stdout.end();
      this.stderr.end();
      this.#port.close();
      this.emit('exit', note.code);
    }
  }

  postMessage(value: unknown, transfer?: readonly Transferable[] | { transfer?: Transferable[] }): void {
    this.#port.postMessage(value, transfer as Transferable[]);
  }

  terminate(): Promise<number> {
    if (this.threadId >= 0) this.#send({ kind: 'end', id: this.threadId });
    return this.#exited;
  }

  ref(): void {
    this.#port.ref();
  }

  unref(): void {
    this.#port.unref();
    this.#guardian.unref();
  }

  #send(request: ThreadRequest, moved: readonly Transferable[] = []): void {
    this.#guardian.postMessage(request, moved);
  }
}

function rebuild({ name, message, stack, code }: ThreadError): Error {
  return Object.assign(new Error(message), { name, stack, ...(code !== undefined && { code }) });
}

function sourceOf(source: string | URL, options: WorkerOptions): string {
  if (options.eval || typeof source === 'string') return options.eval ? String(source) : resolvedPath(String(source));
  return source.protocol === 'file:' ? fileURLToPath(source) : source.href;
}

function resolvedPath(path: string): string {
  if (/^(\.\.?)?[\\/]/.test(path)) return resolve(path);
  throw new TypeError('The worker script must be an absolute path, a path that begins with ./ or ../, or a URL.');
}
