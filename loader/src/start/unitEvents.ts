/** Methods of a plugin's events service (plugin-events-node `EventsService`). */
export interface EventsService {
  subscribe(options: Subscription): Promise<void>;
}

interface Subscription {
  id: string;
  topics: string[];
  onEvent(event: object): Promise<void>;
}

/** Identifies a generation without retaining it. */
type Subscriber = object;

/**
 * The event subscriptions of a unit across its generations. Subscriptions cannot be removed, and each build creates its own;
 * while two of them exist, an event reaches both (from the portal itself) or one of the two (from the queue of the events
 * backend). Either way, the handler of the build in service is called once.
 */
export class UnitEvents {
  readonly #handlers = new Map<Subscriber, Map<string, Subscription['onEvent']>>();
  /** The subscribers that an event has already reached, by subscription. */
  readonly #reached = new Map<string, WeakMap<object, Set<Subscriber>>>();
  #current: Subscriber | undefined;

  /** Enables the handlers of this subscriber. */
  begin(subscriber: Subscriber): void {
    this.#current = subscriber;
  }

  /** Disables its handlers. */
  end(subscriber: Subscriber): void {
    if (this.#current === subscriber) this.#current = undefined;
  }

  /** Events for it are dropped, and its handlers released. */
  forget(subscriber: Subscriber): void {
    this.end(subscriber);
    this.#handlers.delete(subscriber);
  }

  /** The subscription to make instead of one that a subscriber asks for. */
  subscription(subscriber: Subscriber, options: Subscription): Subscription {
    const handlers = this.#handlers.get(subscriber) ?? new Map<string, Subscription['onEvent']>();
    this.#handlers.set(subscriber, handlers);
    // A plugin and its modules may each choose the same id.
    const same = [...handlers.keys()].filter((key) => key.endsWith(`:${options.id}`)).length;
    const key = `${same}:${options.id}`;
    handlers.set(key, (event) => options.onEvent(event));
    return { ...options, onEvent: (event) => this.#deliver(subscriber, key, event) };
  }

  async #deliver(subscriber: Subscriber, key: string, event: object): Promise<void> {
    if (!this.#handlers.has(subscriber) || this.#isRepeated(subscriber, key, event)) return;
    const handler = this.#current && this.#handlers.get(this.#current)?.get(key);
    await handler?.(event);
  }

  /** True for an event that has reached another subscriber, and now this one. */
  #isRepeated(subscriber: Subscriber, key: string, event: object): boolean {
    if (this.#handlers.size < 2) return false;
    const events = this.#reached.get(key) ?? new WeakMap<object, Set<Subscriber>>();
    this.#reached.set(key, events);
    const reached = events.get(event);
    // The same event again was published again.
    if (!reached || reached.has(subscriber)) {
      events.set(event, new Set([subscriber]));
      return false;
    }
    reached.add(subscriber);
    return true;
  }
}

/** The subscriptions of all units. */
export class AllEvents {
  readonly #units = new Map<string, UnitEvents>();

  of(pluginId: string): UnitEvents {
    const unit = this.#units.get(pluginId) ?? new UnitEvents();
    this.#units.set(pluginId, unit);
    return unit;
  }
}
