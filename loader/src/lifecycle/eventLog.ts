import type { ErrorCode } from '@stagedoor/bundle';
import type { Summary } from '../adminApi';
import type { PolicyDecision } from '../policy/decision';
import type { Operation } from './operation';
import type { PluginState } from './states';

/** Something that happened to a dynamic plugin. */
export interface PluginEvent {
  /** Increases with each event, also across restarts of the portal. */
  id: number;
  /** ISO 8601. */
  time: string;
  /**
   * A change of state, a policy decision, an operation, a change of health, or a build that runs on a database which a newer
   * one has migrated.
   */
  type: 'state' | 'policy' | 'operation' | 'health' | 'database';
  /** Name of the bundle, as in the plugin list. */
  plugin: string;
  /** The state it was in before; absent for one that was not there. */
  from?: PluginState;
  /** The state it is in; `stopped` when it has left the list. */
  state?: PluginState;
  code?: ErrorCode;
  message?: string;
  hint?: string;
  version?: string;
  digest?: string;
  /** What is shown of the plugin from now on; absent from policy decisions and for a plugin that is gone. */
  summary?: Pick<Summary, 'state' | 'message'>;
  /** Of a policy decision: the setting that decided, and the outcome. */
  setting?: PolicyDecision['setting'];
  outcome?: PolicyDecision['outcome'];
  /** Of an operation: its kind, who requested it, and its progress. */
  operation?: Pick<Operation, 'id' | 'kind' | 'by' | 'status'>;
}

/** An event without id and time, which are added. */
export type NewPluginEvent = Omit<PluginEvent, 'id' | 'time' | 'summary'>;

/** How many events are kept for clients that reconnect. */
const LIMIT = 1000;

/** Options of an {@link EventLog}. */
export interface EventLogOptions {
  /** Id of the first event; microseconds since the epoch set runs of the portal apart without memory. */
  first?: number;
  /** How many events are kept. */
  limit?: number;
  /** The derived state of a plugin; undefined if it is gone. Default: events have none. */
  summary?(plugin: string): PluginEvent['summary'];
}

/** The latest events of the portal, and the listeners for new ones. */
export class EventLog {
  readonly #limit: number;
  readonly #events: PluginEvent[] = [];
  readonly #listeners = new Set<(event: PluginEvent) => void>();
  readonly #summary: EventLogOptions['summary'];
  #next: number;

  constructor({ first = Date.now() * 1000, limit = LIMIT, summary }: EventLogOptions = {}) {
    this.#next = first;
    this.#limit = limit;
    this.#summary = summary;
  }

  /** Id of the newest event, or the one before the first. */
  get last(): number {
    return this.#next - 1;
  }

  /** Adds an event and notifies all listeners. */
  append(event: NewPluginEvent): PluginEvent {
    const summary = event.type === 'policy' ? undefined : this.#summary?.(event.plugin);
    const told = { ...event, ...(summary && { summary }) };
    const complete: PluginEvent = { id: this.#next++, time: new Date().toISOString(), ...told };
    this.#events.push(complete);
    if (this.#events.length > this.#limit) this.#events.shift();
    for (const listener of [...this.#listeners]) listener(complete);
    return complete;
  }

  /** The events after `id`, oldest first; undefined if some of them may be gone. */
  since(id: number): PluginEvent[] | undefined {
    if (id === this.last) return [];
    const index = this.#events.findIndex((event) => event.id === id);
    return index < 0 ? undefined : this.#events.slice(index + 1);
  }

  /** Calls `listener` with every event from now on, until the returned function is called. */
  subscribe(listener: (event: PluginEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
