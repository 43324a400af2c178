import type { LoggerService } from '@backstage/backend-plugin-api';
import { watchRoot } from '../scan/watchRoot';
import { untimed } from '../timing/timed';
import type { DropDirectory } from './dropDirectory';

/**
 * Begins to watch the root directory, when all has started: the watcher's first look at every file takes a start's time.
 * What changed meanwhile is found then. Gives what ends it.
 */
export function watchDrops(root: string, drops: DropDirectory, logger: LoggerService): () => Promise<void> {
  const watching = untimed(async () => {
    const watcher = await watchRoot(root, (entry) => drops.changed(entry));
    await drops.lookAtAll().catch((error: Error) => logger.error(`${root} cannot be read`, error));
    return watcher;
  });
  return async () => await (await watching).close();
}
