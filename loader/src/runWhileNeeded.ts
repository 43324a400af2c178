import type { AsyncLocalStorage } from 'node:async_hooks';

const users = new WeakMap<AsyncLocalStorage<unknown>, number>();

/**
 * Runs `work` with `store` as its context until it is done. With the last such work the storage is switched off: before
 * Node.js 24 one that was ever used makes every promise and every request of the process slower.
 */
export async function runWhileNeeded<S, T>(
  storage: AsyncLocalStorage<S>,
  store: S,
  work: () => Promise<T>,
): Promise<T> {
  const key = storage as AsyncLocalStorage<unknown>;
  users.set(key, (users.get(key) ?? 0) + 1);
  try {
    return await storage.run(store, work);
  } finally {
    const left = users.get(key)! - 1;
    users.set(key, left);
    if (left === 0) storage.disable();
  }
}
