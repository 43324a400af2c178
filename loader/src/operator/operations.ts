import { randomUUID } from 'node:crypto';
import type { EventLog } from '../lifecycle/eventLog';
import type { Operation } from '../lifecycle/operation';
import { asFault } from '../errors/asFault';
import { operationInProgress, portalStopping } from './errors';

/** How many completed operations are kept. */
const KEPT = 100;

/** Operations in progress, at most one for each bundle, and the latest completed ones. */
export class Operations {
  readonly #events: EventLog;
  readonly #operations = new Map<string, Operation>();
  readonly #running = new Set<Promise<Operation>>();
  #closed = false;

  constructor(events: EventLog) {
    this.#events = events;
  }

  /** An operation by its id, as it is now. */
  get(id: string): Operation | undefined {
    return this.#operations.get(id);
  }

  /**
   * Starts `work` as an operation. Returns it at once; `done` resolves with it when it has ended, and never rejects.
   * Throws OPERATION_IN_PROGRESS, PORTAL_STOPPING.
   */
  start(
    request: Pick<Operation, 'kind' | 'plugin' | 'by'>,
    work: () => Promise<void>,
  ): { operation: Operation; done: Promise<Operation> } {
    if (this.#closed) throw portalStopping();
    const current = [...this.#operations.values()].find(
      ({ plugin, status }) => plugin === request.plugin && status === 'running',
    );
    if (current) {
      throw operationInProgress(current);
    }
    const operation: Operation = {
      id: randomUUID(),
      ...request,
      status: 'running',
      startedAt: new Date().toISOString(),
    };
    this.#note(operation);
    const done = work().then(
      () => this.#end(operation, { status: 'succeeded' }),
      (error: unknown) => this.#end(operation, { status: 'failed', error: asFault(error).toJSON() }),
    );
    this.#running.add(done);
    void done.then(() => this.#running.delete(done));
    return { operation, done };
  }

  /** Accepts no more operations; resolves when those in progress have ended. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#running);
  }

  #end(operation: Operation, outcome: Pick<Operation, 'status' | 'error'>): Operation {
    const ended = { ...operation, ...outcome, finishedAt: new Date().toISOString() };
    this.#operations.delete(operation.id);
    this.#note(ended);
    const over = [...this.#operations.values()].filter(({ status }) => status !== 'running').slice(0, -KEPT);
    for (const { id } of over) this.#operations.delete(id);
    return ended;
  }

  #note(operation: Operation): void {
    this.#operations.set(operation.id, operation);
    const { id, kind, plugin, by, status, error } = operation;
    const { code, message, hint } = error ?? {};
    this.#events.append({ type: 'operation', plugin, code, message, hint, operation: { id, kind, by, status } });
  }
}
