import { watch } from 'chokidar';
import { readdir } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { isDropName } from './drop';
import { sweepRoot } from './sweepRoot';

/**
 * Watches the root directory and calls `changed` with the name of a drop whenever something in it was added,
 * changed or removed. File system events are quick but not certain (a link that is turned elsewhere, a network
 * volume written by another machine), so a sweep of the folder backs them up. Content of nested `node_modules` is
 * not watched: it never changes without its drop. Resolves once watching has begun.
 */
export async function watchRoot(root: string, changed: (entry: string) => void): Promise<{ close(): Promise<void> }> {
  const sweep = sweepRoot(root, changed);
  const watcher = watch(root, {
    ignoreInitial: true,
    ignored: (path) => {
      const parts = relative(root, path).split(sep);
      return (parts[0] !== '' && !isDropName(parts[0]!)) || parts.indexOf('node_modules') > 0;
    },
  });
  watcher.on('all', (_event, path) => {
    const entry = relative(root, path).split(sep)[0];
    if (entry && isDropName(entry)) changed(entry);
  });
  // A folder that cannot be watched (removed meanwhile, no permission) is noticed when it is read.
  watcher.on('error', () => {});
  await new Promise<void>((resolve) => watcher.once('ready', () => resolve()));
  return {
    close: async () => {
      sweep.close();
      await watcher.close();
    },
  };
}

/** The names of all drops present, sorted. */
export async function listDrops(root: string): Promise<string[]> {
  return (await readdir(root)).filter(isDropName).sort();
}
