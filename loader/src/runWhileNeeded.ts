import type { AsyncLocalStorage } from 'node:async_hooks';

const users = new WeakMap<AsyncLocalStorage<unknown>, number>();

/**
 * Runs `work` with `store` as its context until it is done. After the last such call the storage is disabled: before Node.js
 * 24, a storage that was ever used slows down every promise and every request of the process.
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
