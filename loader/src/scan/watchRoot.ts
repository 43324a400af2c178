import { watch, type FSWatcher } from 'chokidar';
import { realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { isDropName, isInside, type StagedoorError } from '@stagedoor/bundle';
import { isBundleFolder } from './drop';
import { sweepRoot } from './sweepRoot';

/**
 * Watches the root directory and calls `changed` with the name of a drop whenever something in it was added, changed or
 * removed; first for all that are present or were `taken` before. File system events are fast but unreliable (a link that
 * changes its target, a network volume written by another machine), so a periodic sweep complements them. Nested
 * `node_modules` are not watched, because they never change without their drop. Links inside drops are not followed; drops
 * that are links are. `readable` is called once each time the root directory becomes unreadable or readable. Returns a
 * function that ends the watch.
 */
export function watchRoot(
  root: string,
  taken: Iterable<string>,
  changed: (entry: string) => void,
  readable: (fault: StagedoorError | undefined) => void = () => {},
): () => Promise<void> {
  const links = new LinkedDrops(root, changed);
  const watchAll = (): FSWatcher =>
    watchFolder(root, (path) => {
      const entry = path.split(sep)[0]!;
      if (!isDropName(entry)) return;
      sweep.recheck(entry);
      changed(entry);
    });
  const sweep = sweepRoot(root, taken, {
    changed: (entry) => {
      changed(entry);
      void links.follow(entry);
    },
    readable: (fault) => {
      if (!fault) {
        // The watcher sees everything as removed.
        void watcher.close();
        watcher = watchAll();
      }
      readable(fault);
    },
  });
  let watcher = watchAll();
  return async () => {
    sweep.close();
    await Promise.all([watcher.close(), links.close()]);
  };
}

/** Watches the folders that links in the root directory lead to. */
class LinkedDrops {
  readonly #watchers = new Map<string, { target: string; watcher: FSWatcher }>();
  readonly #root: string;
  readonly #changed: (entry: string) => void;

  constructor(root: string, changed: (entry: string) => void) {
    this.#root = root;
    this.#changed = changed;
  }

  /** Watches the target of `entry` if it is a package outside the root directory, and nothing else. */
  async follow(entry: string): Promise<void> {
    const path = join(this.#root, entry);
    const root = await realpath(this.#root).catch(() => this.#root);
    const real = await realpath(path).catch(() => undefined);
    const target = real && !isInside(root, real) && (await isBundleFolder(real)) ? real : undefined;
    const earlier = this.#watchers.get(entry);
    if (earlier?.target === target) return;
    this.#watchers.delete(entry);
    if (target) this.#watchers.set(entry, { target, watcher: watchFolder(target, () => this.#changed(entry)) });
    await earlier?.watcher.close();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#watchers.values()].map(({ watcher }) => watcher.close()));
  }
}

/** Calls `changed` with the path below `dir` of everything that changes there, `node_modules` aside. */
function watchFolder(dir: string, changed: (path: string) => void): FSWatcher {
  const watcher = watch(dir, {
    ignoreInitial: true,
    followSymlinks: false,
    ignored: (path) => {
      const parts = relative(dir, path).split(sep);
      return parts[0]!.startsWith('.') || parts.includes('node_modules');
    },
  });
  watcher.on('all', (_event, path) => {
    const inner = relative(dir, path);
    if (inner !== '') changed(inner);
  });
  // A folder that cannot be watched (removed meanwhile, no permission) is noticed when it is read.
  watcher.on('error', () => {});
  return watcher;
}
