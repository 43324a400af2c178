import type { LoggerService } from '@backstage/backend-plugin-api';
import { watchRoot } from '../scan/watchRoot';
import type { DropDirectory } from './dropDirectory';

/**
 * Begins to watch the root directory, when all has started: the watcher's first look at every file takes a start's time.
 * What changed before it was done is found then. Gives what ends it.
 */
export function watchDrops(root: string, drops: DropDirectory, logger: LoggerService): () => Promise<void> {
  const watching = watchRoot(root, (entry) => drops.changed(entry));
  const looked = watching
    .then(() => drops.lookAtAll())
    .catch((error: Error) => logger.error(`${root} cannot be watched`, error));
  return async () => {
    await looked;
    await watching.then(
      (watcher) => watcher.close(),
      () => {},
    );
  };
}
