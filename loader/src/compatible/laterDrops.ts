import type { LoggerService } from '@backstage/backend-plugin-api';
import { findDrop } from '../scan/drop';
import { settle } from '../scan/settle';
import { watchRoot } from '../scan/watchRoot';

/**
 * Watches the root directory and says in the log when a drop is no longer what it was at the start (`seen`): a plain
 * backend cannot take it in. Gives what ends it.
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
      `The drop ${entry} ${what}: this needs a restart (this host is not createDynamicBackend, which takes drops in as it runs).`,
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
