import type { Readable, Writable } from 'node:stream';
import { readFrames, type FrameLimits } from './frames';

/** The error for the caller of a method that failed. */
export interface ChannelFault {
  message: string;
  /** A `CodedError`, if there is one; callers that do not trust the other side must check it. */
  coded?: unknown;
}

/** The call failed on the other side, or the channel closed before there was an answer. */
export class ChannelError extends Error {
  override readonly name = 'ChannelError';
  readonly coded?: unknown;
  /** True if the other side is gone. */
  readonly closed: boolean;

  constructor({ message, coded }: ChannelFault, closed = false) {
    super(message);
    this.coded = coded;
    this.closed = closed;
  }
}

/** Handlers of one side of a channel; parameters are unchecked values from the other side. */
export interface ChannelHandlers {
  /** Answers a call with something JSON can carry. */
  call(method: string, params: unknown): Promise<unknown>;
  /** Handles a notification. */
  notify(method: string, params: unknown): void;
}

type Frame =
  | { kind: 'call'; id: number; method: string; params: unknown }
  | { kind: 'notify'; method: string; params: unknown }
  | { kind: 'result'; id: number; value: unknown }
  | { kind: 'fault'; id: number; fault: ChannelFault };

/** Most concurrent calls from the other side; more are rejected, because each costs memory. */
const MOST_CALLS = 100;

/** The two ways of a channel. */
export interface ChannelStreams {
  input: Readable;
  output: Writable;
}

/**
 * Calls and notifications between portal and child, as lines of JSON over one stream for each direction: with one stream for
 * both, a write to a process that has just ended would lose its last messages. Node's own channel is not used, because it
 * buffers without bounds and accepts what a plugin sends with `process.send`.
 */
export class Channel {
  readonly #output: Writable;
  readonly #handlers: ChannelHandlers;
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #nextId = 1;
  #working = 0;
  #open = true;

  /** A line longer than `limits` is no longer JSON and is dropped. */
  constructor({ input, output }: ChannelStreams, limits: FrameLimits, handlers: ChannelHandlers) {
    this.#output = output;
    this.#handlers = handlers;
    readFrames(input, limits, (line) => this.#receive(line));
    // The end of the input, after all earlier messages, signals that the other side is gone.
    output.on('error', () => {});
    input.once('close', () => this.#close());
  }

  /** Bytes that wait to be written. */
  get backlog(): number {
    return this.#output.writableLength;
  }

  /** Calls a method of the other side. Rejects with {@link ChannelError}. */
  call(method: string, params?: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!this.#open) return reject(closedError());
      const id = this.#nextId++;
      this.#pending.set(id, { resolve, reject });
      this.#send({ kind: 'call', id, method, params });
    });
  }

  /** Sends a notification. */
  notify(method: string, params?: unknown): void {
    this.#send({ kind: 'notify', method, params });
  }

  #send(frame: Frame): void {
    if (this.#open && this.#output.writable) this.#output.write(`${JSON.stringify(frame)}\n`);
  }

  #receive(line: string): void {
    const frame = parseFrame(line);
    if (!frame) return;
    if (frame.kind === 'call') void this.#answer(frame);
    else if (frame.kind === 'notify') this.#handlers.notify(frame.method, frame.params);
    else {
      const pending = this.#pending.get(frame.id);
      this.#pending.delete(frame.id);
      if (frame.kind === 'result') pending?.resolve(frame.value);
      else pending?.reject(new ChannelError(frame.fault));
    }
  }

  async #answer({ id, method, params }: Frame & { kind: 'call' }): Promise<void> {
    if (this.#working >= MOST_CALLS) {
      return this.#send({ kind: 'fault', id, fault: { message: `More than ${MOST_CALLS} calls at once` } });
    }
    this.#working++;
    try {
      this.#send({ kind: 'result', id, value: await this.#handlers.call(method, params) });
    } catch (error) {
      const { message, toJSON } = error as Error & { toJSON?: () => unknown };
      this.#send({ kind: 'fault', id, fault: { message: String(message), coded: toJSON?.call(error) } });
    } finally {
      this.#working--;
    }
  }

  #close(): void {
    this.#open = false;
    for (const { reject } of this.#pending.values()) reject(closedError());
    this.#pending.clear();
  }
}

function closedError(): ChannelError {
  return new ChannelError({ message: 'The channel is closed' }, true);
}

function parseFrame(line: string): Frame | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const { kind, id, method, fault } = (value ?? {}) as Record<string, unknown>;
  const named = typeof method === 'string';
  const numbered = typeof id === 'number';
  if (kind === 'notify' && named) return value as Frame;
  if (kind === 'call' && named && numbered) return value as Frame;
  if (kind === 'result' && numbered) return value as Frame;
  if (kind === 'fault' && numbered && typeof (fault as ChannelFault | null)?.message === 'string')
    return value as Frame;
  return undefined;
}
