import { MANIFEST_FILE } from '@stagedoor/bundle';
import { lstat, readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDropName } from './drop';

const INTERVAL_MS = 1000;

/**
 * Looks every second at what tells one content of a drop from another (the entry itself, where a link leads, the
 * package.json and the manifest) and calls `changed` for entries that differ from the last look. A root directory
 * that cannot be read is looked at again later. `begun` resolves with the first look: what changes after it is noticed.
 */
export function sweepRoot(root: string, changed: (entry: string) => void): { begun: Promise<void>; close(): void } {
  let known: Map<string, string> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  async function look(): Promise<void> {
    const seen = await marks(root).catch(() => undefined);
    if (closed) return;
    for (const entry of known && seen ? new Set([...known.keys(), ...seen.keys()]) : []) {
      if (known!.get(entry) !== seen!.get(entry)) changed(entry);
    }
    known = seen ?? known;
    timer = setTimeout(() => void look(), INTERVAL_MS).unref();
  }
  return {
    begun: look(),
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}

async function marks(root: string): Promise<Map<string, string>> {
  const entries = (await readdir(root)).filter(isDropName);
  return new Map(await Promise.all(entries.map(async (entry) => [entry, await mark(join(root, entry))] as const)));
}

/** One line that changes when the drop does: its own, its link's and its describing files' identity and times. */
async function mark(path: string): Promise<string> {
  const infos = await Promise.all([
    lstat(path).catch(() => undefined),
    ...[path, join(path, 'package.json'), join(path, MANIFEST_FILE)].map((file) => stat(file).catch(() => undefined)),
  ]);
  const target = infos[0]?.isSymbolicLink() ? await readlink(path).catch(() => '') : '';
  return [target, ...infos.map((info) => (info ? `${info.ino} ${info.size} ${info.mtimeMs}` : '-'))].join('|');
}
