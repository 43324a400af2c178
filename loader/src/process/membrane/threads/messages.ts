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
  workerData: unknown;
  /** The thread's `parentPort`. */
  port: MessagePort;
  /** What `workerData` holds that can only be moved. */
  moved: unknown[];
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

/** `workerData` of a thread that the guardian started: what the membrane needs, and what the plugin gave. */
export interface ThreadStart {
  id: number;
  workerData: unknown;
  port: MessagePort;
  /** Leads to the guardian. */
  guardian: MessagePort;
}

/** `workerData` of the guardian itself. */
export interface GuardianStart {
  /** Leads to the main thread. */
  requests: MessagePort;
}
