import type { LoggerService } from '@backstage/backend-plugin-api';
import { watchRoot } from '../scan/watchRoot';
import type { DropDirectory } from './dropDirectory';

/** Watches the root directory from now on, and looks for what changed before. Gives what ends it. */
export function watchDrops(root: string, drops: DropDirectory, logger: LoggerService): () => Promise<void> {
  const watching = watch();
  return async () => await (await watching).close();

  async function watch(): Promise<{ close(): Promise<void> }> {
    const watcher = await watchRoot(root, (entry) => drops.changed(entry));
    await drops.lookAtAll().catch((error: Error) => logger.error(`${root} cannot be read`, error));
    return watcher;
  }
}
