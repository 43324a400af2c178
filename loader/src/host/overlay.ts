type Members = Record<PropertyKey, unknown>;

/**
 * A service with some members replaced. All other members, including those of future releases, are the service's own, with
 * `this` set to the service.
 */
export function overlay<T extends object>(service: T, over: Partial<T>): T {
  const methods = new Map<unknown, unknown>();
  const replaced = (key: PropertyKey): boolean => Object.hasOwn(over, key);
  return new Proxy({} as T, {
    get: (_, key) => {
      if (replaced(key)) return (over as Members)[key];
      const value: unknown = Reflect.get(service, key, service);
      if (typeof value !== 'function' || key === 'constructor') return value;
      if (!methods.has(value)) methods.set(value, value.bind(service));
      return methods.get(value);
    },
    set: (_, key, value) => !replaced(key) && Reflect.set(service, key, value),
    has: (_, key) => replaced(key) || Reflect.has(service, key),
    ownKeys: () => [...new Set([...Reflect.ownKeys(service), ...Reflect.ownKeys(over)])],
    getPrototypeOf: () => Reflect.getPrototypeOf(service),
    getOwnPropertyDescriptor: (_, key) => {
      const own = Reflect.getOwnPropertyDescriptor(replaced(key) ? over : service, key);
      return own && { ...own, configurable: true };
    },
  });
}
