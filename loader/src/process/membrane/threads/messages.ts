import type { MessagePort, ResourceLimits } from 'node:worker_threads';

/** Asks the guardian for a thread that runs code of the plugin. */
export interface StartThread {
  kind: 'start';
  id: number;
  /** A path, a `data:` address, or with `isCode` the code itself. */
  source: string;
  isCode: boolean;
  argv: string[];
  env: Record<string, string> | undefined;
  name: string | undefined;
  resourceLimits: ResourceLimits | undefined;
  /** Whether output is passed on rather than written. */
  pipes: boolean;
  /** The thread's `parentPort`. The first message in it is for the membrane: {@link FirstMessage}. */
  port: MessagePort;
}

/** What the plugin gives a thread; it does not go through the guardian, which is small. */
export interface FirstMessage {
  workerData: unknown;
}

/** What a thread asks of the guardian. */
export type ThreadRequest = StartThread | { kind: 'end'; id: number };

/** What a thread threw: Node rebuilds errors of threads in a way that does not survive another message. */
export interface ThreadError {
  name: string;
  message: string;
  stack?: string;
  code?: string;
}

/** What the guardian tells of a thread. */
export type ThreadNote =
  | { kind: 'online'; id: number }
  | { kind: 'output'; id: number; from: 'stdout' | 'stderr'; chunk: Uint8Array }
  | { kind: 'error'; id: number; error: ThreadError }
  | { kind: 'exit'; id: number; code: number };

/** `workerData` of a thread that the guardian started. */
export interface ThreadStart {
  id: number;
  port: MessagePort;
  /** Leads to the guardian. */
  guardian: MessagePort;
}

/** `workerData` of the guardian itself. */
export interface GuardianStart {
  /** Leads to the main thread. */
  requests: MessagePort;
}
