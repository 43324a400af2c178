import { CallUnderWay, type Lifetime } from './lifetime';

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;
type Fields = Record<PropertyKey, unknown>;

/** Methods of a registration's result that undo it. */
const UNDOES = ['unsubscribe', 'dispose', 'unregister', 'deregister'];
/** Methods that register, and their counterparts that undo with the same arguments. */
const REVERSES: Array<[RegExp, string[]]> = [
  [/^(on|once)$/, ['off']],
  [/^(add|prepend|prependOnce)Listener$/, ['removeListener']],
  [/^add(?=[A-Z])/, ['remove']],
  [/^subscribe/, ['unsubscribe']],
  [/^register/, ['unregister', 'deregister']],
];
/** How deep, and in lists and objects of what length, functions are searched in arguments; the rest is data. */
const MOST_LEVELS = 3;
const MOST_ITEMS = 100;

/**
 * A service that outlives a generation as the generation sees it: the same in every way, except that what is registered
 * through it ends with the generation. Nothing is known of single services. Functions that are handed over, also in lists
 * and plain objects, are {@link Lifetime.gate gated}; and they are taken back at the end where the service has a way: a method
 * of what it returned (`unsubscribe`) or one that reverses the call (`addCallback`, `removeCallback`). Methods of class
 * instances that are handed over stay as they are.
 */
export function viewOf<T>(service: T, lifetime: Lifetime): T {
  if (typeof service !== 'object' || service === null) return service;
  return new View(service as unknown as Fields, lifetime).proxy as T;
}

class View {
  /** Not a proxy of the service itself: if that is frozen, a proxy must return its methods unchanged. */
  readonly proxy: object;
  readonly #service: Fields;
  readonly #lifetime: Lifetime;
  readonly #methods = new Map<AnyFunction, AnyFunction>();

  constructor(service: Fields, lifetime: Lifetime) {
    this.#service = service;
    this.#lifetime = lifetime;
    this.proxy = new Proxy(
      {},
      {
        get: (_, key) => this.#get(key),
        set: (_, key, value) => Reflect.set(service, key, value),
        has: (_, key) => Reflect.has(service, key),
        deleteProperty: (_, key) => Reflect.deleteProperty(service, key),
        ownKeys: () => Reflect.ownKeys(service),
        getPrototypeOf: () => Reflect.getPrototypeOf(service),
        getOwnPropertyDescriptor: (_, key) => {
          const own = Reflect.getOwnPropertyDescriptor(service, key);
          return own && { value: this.#get(key), enumerable: own.enumerable, writable: true, configurable: true };
        },
      },
    );
  }

  #get(key: PropertyKey): unknown {
    const value = Reflect.get(this.#service, key, this.#service);
    if (typeof value !== 'function' || key === 'constructor') return value;
    let method = this.#methods.get(value as AnyFunction);
    if (!method) {
      method = this.#method(String(key), value as AnyFunction);
      this.#methods.set(value as AnyFunction, method);
    }
    return method;
  }

  #method(name: string, target: AnyFunction): AnyFunction {
    return (...args) => {
      const call = new CallUnderWay();
      const handed = new Handed(this.#lifetime, call);
      const given = args.map((arg) => handed.take(arg));
      let result: unknown;
      try {
        result = Reflect.apply(target, this.#service, given);
      } catch (error) {
        call.end();
        throw error;
      }
      if (handed.count > 0) this.#undoAtEnd(name, given);
      if (!isPromise(result)) {
        call.end();
        return this.#returned(result, handed.count > 0);
      }
      return result.then((value) => this.#returned(value, handed.count > 0)).finally(() => call.end());
    };
  }

  /** The result: a registration is undone at the end, and an object to register with becomes a view as well. */
  #returned(value: unknown, registered: boolean): unknown {
    if (typeof value !== 'object' || value === null) return value;
    // Emitters return themselves for chaining.
    if (value === this.#service) return this.proxy;
    const undo = registered && UNDOES.find((name) => isFunction((value as Fields)[name]));
    if (undo) this.#lifetime.onEnd(() => (value as Record<string, AnyFunction>)[undo]!());
    const { addCallback, removeCallback } = value as Fields;
    return isFunction(addCallback) && isFunction(removeCallback) ? viewOf(value, this.#lifetime) : value;
  }

  #undoAtEnd(name: string, given: unknown[]): void {
    for (const [pattern, names] of REVERSES) {
      if (!pattern.test(name)) continue;
      const reverse = names
        .map((start) => name.replace(pattern, start))
        .find((candidate) => isFunction(this.#service[candidate]));
      if (reverse) this.#lifetime.onEnd(() => (this.#service as Record<string, AnyFunction>)[reverse]!(...given));
      return;
    }
  }
}

/** The arguments of one call. */
class Handed {
  count = 0;
  readonly #lifetime: Lifetime;
  readonly #call: CallUnderWay;

  constructor(lifetime: Lifetime, call: CallUnderWay) {
    this.#lifetime = lifetime;
    this.#call = call;
  }

  take(value: unknown, levels = MOST_LEVELS): unknown {
    if (isFunction(value)) {
      if (isClass(value)) return value;
      this.count++;
      return this.#lifetime.gate(value, this.#call);
    }
    if (levels === 0 || typeof value !== 'object' || value === null) return value;
    if (!Array.isArray(value) && !isPlain(value)) return value;
    const entries = Object.entries(value);
    if (entries.length > MOST_ITEMS) return value;
    const before = this.count;
    const taken = entries.map(([key, inner]) => [key, this.take(inner, levels - 1)] as const);
    // Objects are copied only if necessary.
    if (this.count === before) return value;
    return Array.isArray(value) ? taken.map(([, inner]) => inner) : Object.fromEntries(taken);
  }
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function';
}

/** A class can only be constructed. */
function isClass(value: AnyFunction): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise;
}
