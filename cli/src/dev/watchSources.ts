import { isInside } from '@stagedoor/bundle';
import { watch, type FSWatcher } from 'chokidar';
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';

/** An editor that saves writes, renames and touches within a few milliseconds. */
const BURST_MS = 10;
const NOT_SOURCE = new Set(['node_modules', 'dist', 'dist-dynamic', 'coverage']);

/** Watches the source of a bundle. */
export interface SourceWatcher {
  /** Watches further files from now on: those that a build has read. Files of installed packages never change. */
  add(files: readonly string[]): void;
  close(): Promise<void>;
}

/** Calls `changed` after each burst of changes to the source in `folder`. Resolves once watching has begun; keeps no process alive. */
export async function watchSources(folder: string, changed: () => void): Promise<SourceWatcher> {
  // Builds name what they have read by real paths.
  const dir = await realpath(folder);
  const watcher: FSWatcher = watch(dir, {
    ignoreInitial: true,
    atomic: false,
    // It watches removed files again while it is closed; that must not keep the process alive.
    persistent: false,
    ignored: (path) => isIgnored(dir, path),
  });
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const noticed = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, BURST_MS);
  };
  watcher.on('all', noticed);
  // Chokidar drops a second save within a few milliseconds of the first; the raw events include every one.
  watcher.on('raw', (_event, name: string | null, options) => {
    const { watchedPath } = options as { watchedPath: string };
    const path = name && basename(watchedPath) !== name ? join(watchedPath, name) : watchedPath;
    if (!closed && !isIgnored(dir, path)) noticed();
  });
  // A file that cannot be watched is still read by the next build.
  watcher.on('error', () => {});
  await new Promise<void>((ready) => watcher.once('ready', () => ready()));
  return {
    add: (files) => {
      // Chokidar would restart, and keep the process alive.
      if (closed) return;
      const outside = files.filter((file) => !isInside(dir, file) && !isInstalled(dir, file));
      // Editors replace a file by a new one: the folder is watched.
      watcher.add([...new Set(outside.map(dirname))]);
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await watcher.close();
    },
  };
}

function isIgnored(dir: string, path: string): boolean {
  const inner = relative(dir, path);
  const parts = inner.split(sep);
  if (!isInside(dir, path)) return isInstalled(dir, path);
  return parts.some((part) => NOT_SOURCE.has(part) || (part.startsWith('.') && part !== '')) || isArchive(path);
}

/** Compares only the relative path: both may be below a folder of that name. */
function isInstalled(dir: string, path: string): boolean {
  return relative(dir, path).split(sep).includes('node_modules');
}

function isArchive(path: string): boolean {
  return basename(path).endsWith('.tgz');
}
