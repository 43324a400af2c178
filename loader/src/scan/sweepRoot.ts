import { MANIFEST_FILE, type StagedoorError } from '@stagedoor/bundle';
import { lstat, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { listDrops } from './drop';

const INTERVAL_MS = 1000;

/** A running sweep. */
export interface Sweep {
  /** Makes the next look call `changed` for an entry that an event reported, even if it is unchanged by then. */
  recheck(entry: string): void;
  close(): void;
}

/** Callbacks of a sweep. */
export interface SweepListener {
  changed(entry: string): void;
  /** The root directory cannot be read (called once), or can again (undefined). */
  readable?(fault: StagedoorError | undefined): void;
}

/**
 * Every second, compares what distinguishes one content of a drop from another (the entry itself, the target of a link, the
 * package.json and the manifest) and calls `changed` for entries that differ; the first look calls it for all present
 * entries, and for those of `taken` that are absent. An unreadable root directory is tried again later, and nothing is
 * reported about its drops until then.
 */
export function sweepRoot(root: string, taken: Iterable<string>, { changed, readable }: SweepListener): Sweep {
  let known = new Map(Array.from(taken, (entry) => [entry, '']));
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let rechecks = new Set<string>();
  let unreadable = false;
  async function look(): Promise<void> {
    const again = rechecks;
    rechecks = new Set();
    let fault: StagedoorError | undefined;
    const seen = await marks(root).catch((error: StagedoorError) => {
      fault = error;
      return undefined;
    });
    if (closed) return;
    if (unreadable !== (fault !== undefined)) {
      unreadable = !unreadable;
      readable?.(fault);
    }
    if (seen) {
      for (const entry of new Set([...known.keys(), ...seen.keys(), ...again])) {
        if (again.has(entry) || known.get(entry) !== seen.get(entry)) changed(entry);
      }
      known = seen;
    } else for (const entry of again) rechecks.add(entry);
    timer = setTimeout(() => void look(), INTERVAL_MS).unref();
  }
  void look();
  return {
    recheck: (entry) => void rechecks.add(entry),
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}

async function marks(root: string): Promise<Map<string, string>> {
  const entries = await listDrops(root);
  return new Map(await Promise.all(entries.map(async (entry) => [entry, await mark(join(root, entry))] as const)));
}

/** A line that changes with the drop: identity and times of the entry, its link target and its describing files. */
async function mark(path: string): Promise<string> {
  const own = await lstat(path).catch(() => undefined);
  const [target, at] = own?.isSymbolicLink()
    ? await Promise.all([readlink(path).catch(() => ''), stat(path).catch(() => undefined)])
    : ['', own];
  const describing = at?.isDirectory() ? [join(path, 'package.json'), join(path, MANIFEST_FILE)] : [];
  const infos = [own, at, ...(await Promise.all(describing.map((file) => stat(file).catch(() => undefined))))];
  return [target, ...infos.map((info) => (info ? `${info.ino} ${info.size} ${info.mtimeMs}` : '-'))].join('|');
}
