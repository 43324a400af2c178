import { defineProperty } from './primordials';

/**
 * Replaces a method permanently by a guard. An assignment to the object itself has no effect; objects that inherit from it
 * may have a property of their own, as `dgram` gives its handles. Throws if that is impossible: a process must not run
 * without a guard.
 */
export function lock(target: object, name: PropertyKey, guard: unknown): void {
  const locked = defineProperty(target, name, {
    configurable: false,
    enumerable: Object.getOwnPropertyDescriptor(target, name)?.enumerable ?? false,
    get: () => guard,
    set(this: object, value: unknown) {
      if (this !== target) defineProperty(this, name, { value, writable: true, configurable: true, enumerable: true });
    },
  });
  if (!locked) throw new Error(`${String(name)} cannot be guarded`);
}
