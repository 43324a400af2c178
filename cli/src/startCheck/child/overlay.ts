/**
 * A service of the host with some of its members replaced. Members that the service does not have stay absent, and all others
 * are the service's own, so that it is what the host's release makes it.
 */
export function overlay<T extends object>(service: T, replaced: Record<string, (...args: never[]) => unknown>): T {
  return intercept(service, (name, member) => (Object.hasOwn(replaced, name) ? replaced[name]! : member));
}

/** A service of the host that tells `observe` of each call of one of its members that succeeded. */
export function observeCalls<T extends object>(service: T, observe: (name: string, args: unknown[]) => void): T {
  return intercept(service, (name, member) => (...args: unknown[]) => {
    const result = member(...args);
    observe(name, args);
    return result;
  });
}

type Member = (...args: unknown[]) => unknown;

/** Members run on the service itself, which may have private fields. */
function intercept<T extends object>(service: T, change: (name: string, member: Member) => unknown): T {
  return new Proxy(service, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== 'function' || typeof key !== 'string') return member;
      return change(key, member.bind(target) as Member);
    },
  });
}
