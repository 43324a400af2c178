import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/** Node.js calls it with a request for a protocol upgrade, its connection, and the bytes after the head. */
export type UpgradeListener = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

type Method = (this: Server, ...values: unknown[]) => unknown;

/**
 * A server like the given one, except for `upgrade` listeners: they are kept in `listeners`, and `onAdded` is called for
 * each. Everything else applies to the server itself.
 */
export function serverStandIn(server: Server, listeners: Set<UpgradeListener>, onAdded: () => void): Server {
  const add = (listener: UpgradeListener): void => {
    listeners.add(listener);
    onAdded();
  };
  const addOnce = (listener: UpgradeListener): void => {
    const once: UpgradeListener & { listener?: UpgradeListener } = function once(this: Server, ...args) {
      listeners.delete(once);
      listener.apply(this, args);
    };
    once.listener = listener;
    add(once);
  };
  const remove = (listener: UpgradeListener): void => {
    const wrapped = [...listeners].find((added) => (added as { listener?: UpgradeListener }).listener === listener);
    listeners.delete(wrapped ?? listener);
  };
  /** The methods of event emitters (nodejs.org/api/events.html) that deal with listeners of one event. */
  const methods: Record<string, (listener: UpgradeListener) => unknown> = {
    ...{ on: add, addListener: add, prependListener: add, once: addOnce, prependOnceListener: addOnce },
    ...{ off: remove, removeListener: remove, removeAllListeners: () => listeners.clear() },
    ...{ listenerCount: () => listeners.size, listeners: () => [...listeners], rawListeners: () => [...listeners] },
  };
  const inherited = new Proxy(server, {
    get(_, property) {
      const value: unknown = Reflect.get(server, property, server);
      // Under symbols Node.js keeps classes.
      if (typeof property === 'symbol' || typeof value !== 'function' || property === 'constructor') return value;
      const own = Object.hasOwn(methods, property) ? methods[property] : undefined;
      return (event: unknown, ...rest: unknown[]) => {
        const result =
          own && event === 'upgrade'
            ? (own(rest[0] as UpgradeListener) ?? server)
            : (value as Method).call(server, event, ...rest);
        return result === server ? standIn : result;
      };
    },
    set: (_, property, value) => Reflect.set(server, property, value, server),
  });
  const standIn = Object.create(inherited, accessors(server)) as Server;
  return standIn;
}

/**
 * Own properties of the server other than methods: Node.js reads some of them for each request, which is slow through a
 * proxy.
 */
function accessors(server: Server): PropertyDescriptorMap {
  const own = server as unknown as Record<PropertyKey, unknown>;
  const keys = Reflect.ownKeys(server).filter((key) => typeof key === 'symbol' || typeof own[key] !== 'function');
  return Object.fromEntries(
    keys.map((key) => [
      key,
      {
        get: () => own[key],
        set: (value) => {
          own[key] = value;
        },
        enumerable: Object.prototype.propertyIsEnumerable.call(server, key),
        configurable: true,
      },
    ]),
  );
}
