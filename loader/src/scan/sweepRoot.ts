import { MANIFEST_FILE, type StagedoorError } from '@stagedoor/bundle';
import { join } from 'node:path';
import { DeepLook } from './deepLook';
import { listDrops } from './drop';
import { blockingLooks, isRemote, looksAt, waitingLooks, type Looks } from './looks';

const INTERVAL_MS = 1000;

/** A running sweep. */
export interface Sweep {
  /** Makes the next look call `changed` for an entry that an event reported, even if it is unchanged by then. */
  recheck(entry: string): void;
  /** From here on the looks are all that there is: they take in every file. */
  replaceEvents(): void;
  close(): void;
}

/** Callbacks of a sweep. */
export interface SweepListener {
  changed(entry: string): void;
  /** The root directory cannot be read (called once), or can again (undefined). */
  readable?(fault: StagedoorError | undefined): void;
}

/**
 * Looks every second at what tells one content of a drop from another (the entry itself, where a link leads, the
 * package.json and the manifest) and calls `changed` for entries that differ from the last look; the first calls it for
 * all that are there, and for those of `taken` that are not. Where no events tell of the other files, those are looked at in turns. A
 * root directory that cannot be read is looked at again later, and says nothing of its drops until then.
 */
export function sweepRoot(root: string, taken: Iterable<string>, { changed, readable }: SweepListener): Sweep {
  let known = new Map<string, Mark>(Array.from(taken, (entry) => [entry, { text: '' }]));
  const deep = new DeepLook(root);
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let rechecks = new Set<string>();
  let unreadable = false;
  let looks: Looks | undefined;
  async function look(): Promise<void> {
    const again = rechecks;
    rechecks = new Set();
    let fault: StagedoorError | undefined;
    looks ??= await looksAt(root);
    const seen = await marks(root, looks, known).catch((error: StagedoorError) => {
      fault = error;
      looks = undefined;
      return undefined;
    });
    if (closed) return;
    if (unreadable !== (fault !== undefined)) {
      unreadable = !unreadable;
      readable?.(fault);
    }
    if (seen) {
      for (const entry of new Set([...known.keys(), ...seen.keys(), ...again])) {
        if (again.has(entry) || known.get(entry)?.text !== seen.get(entry)?.text) changed(entry);
      }
      known = seen;
      const inside = await deep.changed(new Map(Array.from(seen, ([entry, { device }]) => [entry, device])));
      if (closed) return;
      for (const entry of inside) changed(entry);
    } else for (const entry of again) rechecks.add(entry);
    timer = setTimeout(() => void look(), INTERVAL_MS).unref();
  }
  void look();
  return {
    recheck: (entry) => void rechecks.add(entry),
    replaceEvents: () => deep.everywhere(),
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}

/** What a look sees of a drop. */
interface Mark {
  text: string;
  /** Where a link leads; empty for a drop that is none. */
  target?: string;
  /** The volume that its content is on. */
  device?: number;
  /** True if that volume is of this machine: the next look may block. */
  local?: boolean;
}

async function marks(root: string, looks: Looks, known: ReadonlyMap<string, Mark>): Promise<Map<string, Mark>> {
  const entries = await listDrops(root, looks);
  return new Map(
    await Promise.all(entries.map(async (entry) => [entry, await mark(join(root, entry), known.get(entry))] as const)),
  );
}

/** One line that changes when the drop does: its own, its link's and its describing files' identity and times. */
async function mark(path: string, before: Mark | undefined): Promise<Mark> {
  const looks = before?.local ? blockingLooks : waitingLooks;
  const own = await looks.lstat(path);
  const target = own?.isSymbolicLink() ? ((await looks.readlink(path)) ?? '') : '';
  // A link may lead to another volume since.
  const inside = before?.target === target ? looks : waitingLooks;
  const at = own?.isSymbolicLink() ? await inside.stat(path) : own;
  const describing = at?.isDirectory() ? [join(path, 'package.json'), join(path, MANIFEST_FILE)] : [];
  const infos = [own, at, ...(await Promise.all(describing.map((file) => inside.stat(file))))];
  const text = [target, ...infos.map((info) => (info ? `${info.ino} ${info.size} ${info.mtimeMs}` : '-'))].join('|');
  return { text, target, ...(at && { device: at.dev, local: !(await isRemote(path, at.dev)) }) };
}
