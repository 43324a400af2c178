type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/**
 * How long what a generation handed to services that outlive it counts. A callback runs while the call that it was
 * handed over by is under way, whatever the state; later, only while the generation is the current one of its unit. So an
 * event is handled by one build, also while the next one starts beside it, and never by one that is gone.
 */
export class Lifetime {
  #state: 'waiting' | 'current' | 'ended' = 'waiting';
  readonly #undo = new Set<() => unknown>();
  readonly #gates = new Map<AnyFunction, Gate>();
  readonly #onFault: (error: unknown) => void;

  /** `onFault` hears of what could not be undone. */
  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  /** From now on its callbacks run. */
  begin(): void {
    if (this.#state === 'waiting') this.#state = 'current';
  }

  /** Undoes what was registered; callbacks that cannot be taken back do nothing any more and hold nothing in memory. */
  end(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    for (const undo of this.#undo) void this.#attempt(undo);
    this.#undo.clear();
    for (const gate of this.#gates.values()) gate.clear();
    this.#gates.clear();
  }

  /** Has something undone at the end; at once after the end. */
  onEnd(undo: () => unknown): void {
    if (this.#state === 'ended') void this.#attempt(undo);
    else this.#undo.add(undo);
  }

  /** The function to hand over instead of `callback`; the same one each time, so that it can be taken back. */
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
