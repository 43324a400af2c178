import type { LoggerService } from '@backstage/backend-plugin-api';
import { findDrop } from '../scan/drop';
import { settle } from '../scan/settle';
import { watchRoot } from '../scan/watchRoot';

/**
 * Watches the root directory and logs when a drop differs from its state at the start (`seen`), because a plain backend
 * cannot load it. Returns a function that ends the watch.
 */
export function noticeLaterDrops(
  root: string,
  seen: ReadonlyMap<string, string>,
  logger: LoggerService,
): () => Promise<void> {
  const known = new Map(seen);
  const looking = new Set<string>();
  const look = async (entry: string): Promise<void> => {
    const drop = await findDrop(root, entry);
    const text = drop ? await settle(drop) : '';
    if (text === (known.get(entry) ?? '')) return;
    const what = text === '' ? 'was removed' : known.get(entry) ? 'has changed' : 'is new';
    known.set(entry, text);
    logger.warn(
      `The drop ${entry} ${what}: it takes effect after a restart (this host does not use createDynamicBackend, which loads drops while it runs).`,
    );
  };
  const changed = (entry: string): void => {
    if (looking.has(entry)) return;
    looking.add(entry);
    look(entry)
      .catch((error: Error) => logger.warn(`The drop ${entry} cannot be read: ${error.message}`))
      .finally(() => looking.delete(entry));
  };
  return watchRoot(root, seen.keys(), { changed, polling: (why) => logger.warn(why) });
}
