import { watch, type FSWatcher } from 'chokidar';
import { realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { isDropName, isInside } from '@stagedoor/bundle';
import { isBundleFolder } from './drop';
import { sweepRoot, type SweepListener } from './sweepRoot';

/** Who hears of what changes in a root directory. */
export interface RootListener extends SweepListener {
  /** There are no more file system events, in one sentence; once. */
  polling?(why: string): void;
}

/** Limits of the system, by what it says where they are reached: inotify(7). */
const LIMITS: Record<string, string> = {
  ENOSPC: 'fs.inotify.max_user_watches',
  EMFILE: 'fs.inotify.max_user_instances',
};

/**
 * Watches the root directory and calls `changed` with the name of a drop whenever something in it was added,
 * changed or removed; first for all that are there or were `taken` before. File system events are quick but not certain
 * (a link that is turned elsewhere, a network volume written by another machine, a limit of the system), so a sweep of the folder
 * backs them up. Content of nested `node_modules` is not watched: it never changes without its drop. Links inside drops are not
 * followed, drops that are links are. Gives what ends it.
 */
export function watchRoot(root: string, taken: Iterable<string>, listener: RootListener): () => Promise<void> {
  const { changed } = listener;
  let polling = false;
  const limitReached = (setting: string): void => {
    sweep.replaceEvents();
    if (!polling) listener.polling?.(pollingText(root, setting));
    polling = true;
  };
  const links = new LinkedDrops(root, changed, limitReached);
  const watchAll = (): FSWatcher =>
    watchFolder(
      root,
      (path) => {
        const entry = path.split(sep)[0]!;
        if (!isDropName(entry)) return;
        sweep.recheck(entry);
        changed(entry);
      },
      limitReached,
    );
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
      listener.readable?.(fault);
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
  readonly #limitReached: (setting: string) => void;

  constructor(root: string, changed: (entry: string) => void, limitReached: (setting: string) => void) {
    this.#root = root;
    this.#changed = changed;
    this.#limitReached = limitReached;
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
    if (target) {
      const watcher = watchFolder(target, () => this.#changed(entry), this.#limitReached);
      this.#watchers.set(entry, { target, watcher });
    }
    await earlier?.watcher.close();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#watchers.values()].map(({ watcher }) => watcher.close()));
  }
}

/** Calls `changed` with the path below `dir` of everything that changes there, `node_modules` aside. */
function watchFolder(dir: string, changed: (path: string) => void, limitReached: (setting: string) => void): FSWatcher {
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
  watcher.on('error', (error) => {
    const setting = LIMITS[(error as NodeJS.ErrnoException).code ?? ''];
    if (setting) limitReached(setting);
    // Else a folder that cannot be watched (removed meanwhile, no permission): that is noticed when it is read.
  });
  return watcher;
}

function pollingText(root: string, setting: string): string {
  return (
    `${root} cannot be watched for file system events: the limit ${setting} is reached. The portal looks at the files instead, ` +
    `so changes are found later and cost more. Raise the limit on the host, e.g. \`sysctl ${setting}=524288\`, and restart the portal.`
  );
}
