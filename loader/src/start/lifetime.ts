type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Limits the effect of what a generation passes to services that outlive it. A callback runs during the call that passed it,
 * in any state; later, only while the generation is the current one of its unit. So an event is handled by one build, even
 * while the next one starts beside it, and never by one that is gone.
 */
export class Lifetime {
  #state: 'waiting' | 'current' | 'ended' = 'waiting';
  readonly #undo = new Set<() => unknown>();
  readonly #gates = new Map<AnyFunction, Gate>();
  readonly #onFault: (error: unknown) => void;

  /** `onFault` receives errors of undoing. */
  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  /** Enables its callbacks. */
  begin(): void {
    if (this.#state === 'waiting') this.#state = 'current';
  }

  /** Undoes all registrations; callbacks that cannot be removed do nothing any more and retain no memory. */
  end(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    for (const undo of this.#undo) void this.#attempt(undo);
    this.#undo.clear();
    for (const gate of this.#gates.values()) gate.clear();
    this.#gates.clear();
  }

  /** Registers an undo function; after the end it runs at once. */
  onEnd(undo: () => unknown): void {
    if (this.#state === 'ended') void this.#attempt(undo);
    else this.#undo.add(undo);
  }

  /** The function to pass instead of `callback`; the same one each time, so that it can be removed. */
  gate(callback: AnyFunction, call: CallUnderWay): AnyFunction {
    let gate = this.#gates.get(callback);
    if (!gate) {
      gate = new Gate(callback, () => this.#state === 'current');
      if (this.#state !== 'ended') this.#gates.set(callback, gate);
    }
    gate.during(call);
    return gate.function;
  }

  async #attempt(undo: () => unknown): Promise<void> {
    try {
      await undo();
    } catch (error) {
      this.#onFault(error);
    }
  }
}

/** A call of a service's method. */
export class CallUnderWay {
  #after: Array<() => void> | undefined = [];

  /** Runs something when the call has ended. */
  then(work: () => void): void {
    if (this.#after) this.#after.push(work);
    else work();
  }

  end(): void {
    const after = this.#after;
    this.#after = undefined;
    after?.forEach((work) => work());
  }
}

/** A callback that runs, or does not. */
class Gate {
  readonly function: AnyFunction;
  #callback: AnyFunction | undefined;
  #calls = 0;
  #ended = false;

  constructor(callback: AnyFunction, isCurrent: () => boolean) {
    this.#callback = callback;
    const callbackOf = (): AnyFunction | undefined => (this.#calls > 0 || isCurrent() ? this.#callback : undefined);
    this.function = function gated(this: unknown, ...args) {
      const target = callbackOf();
      if (!target) return undefined;
      if (!new.target) return Reflect.apply(target, this, args);
      return Reflect.construct(target, args, new.target === (gated as unknown) ? target : new.target) as unknown;
    };
    const { prototype: _own, ...properties } = Object.getOwnPropertyDescriptors(callback) as PropertyDescriptorMap;
    Object.defineProperties(this.function, properties);
  }

  during(call: CallUnderWay): void {
    this.#calls++;
    call.then(() => {
      this.#calls--;
      if (this.#ended && this.#calls === 0) this.#callback = undefined;
    });
  }

  clear(): void {
    this.#ended = true;
    if (this.#calls === 0) this.#callback = undefined;
  }
}
