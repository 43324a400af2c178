import type { MessagePort, ResourceLimits } from 'node:worker_threads';

/** Requests a thread for plugin code from the guardian. */
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

/** The plugin's data for the thread; it is not sent through the guardian, which has little memory. */
export interface FirstMessage {
  workerData: unknown;
}

/** A message from a thread to the guardian. */
export type ThreadRequest = StartThread | { kind: 'end'; id: number };

/** An error of a thread: Node rebuilds errors of threads in a way that does not survive another message. */
export interface ThreadError {
  name: string;
  message: string;
  stack?: string;
  code?: string;
}

/** A message from the guardian about a thread. */
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
