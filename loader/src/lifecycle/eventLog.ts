import type { ErrorCode } from '@stagedoor/bundle';
import type { PolicyDecision } from '../policy/decision';
import type { Operation } from './operation';
import type { PluginState } from './states';

/** Something that happened to a dynamic plugin. */
export interface PluginEvent {
  /** Grows from event to event, from one run of the portal to the next as well. */
  id: number;
  /** ISO 8601. */
  time: string;
  /** A change of state, a decision of policy, an operation that somebody asked for, or a change of health. */
  type: 'state' | 'policy' | 'operation' | 'health';
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
  /** Of a decision of policy: the setting that decided, and what. */
  setting?: PolicyDecision['setting'];
  outcome?: PolicyDecision['outcome'];
  /** Of an operation: what was asked for, by whom, and how far it is. */
  operation?: Pick<Operation, 'id' | 'kind' | 'by' | 'status'>;
}

/** What is told of an event; id and time come with it. */
export type NewPluginEvent = Omit<PluginEvent, 'id' | 'time'>;

/** How many events are kept for those who come back. */
const LIMIT = 1000;

/** The latest events of the portal, and those who want to hear of the next. */
export class EventLog {
  readonly #limit: number;
  readonly #events: PluginEvent[] = [];
  readonly #listeners = new Set<(event: PluginEvent) => void>();
  #next: number;

  /** `first` is the id of the first event; microseconds since the epoch set runs of the portal apart without memory. */
  constructor({ first = Date.now() * 1000, limit = LIMIT }: { first?: number; limit?: number } = {}) {
    this.#next = first;
    this.#limit = limit;
  }

  /** Id of the newest event, or the one before the first. */
  get last(): number {
    return this.#next - 1;
  }

  /** Adds an event and tells everybody who listens. */
  append(event: NewPluginEvent): PluginEvent {
    const complete: PluginEvent = { id: this.#next++, time: new Date().toISOString(), ...event };
    this.#events.push(complete);
    if (this.#events.length > this.#limit) this.#events.shift();
    for (const listener of [...this.#listeners]) listener(complete);
    return complete;
  }

  /** What happened after the event `id`, oldest first; undefined where that is not known to be all. */
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
