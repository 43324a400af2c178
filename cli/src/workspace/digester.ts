import { createHash } from 'node:crypto';
import { lstat, readFile, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST_FILE, concurrently } from '@stagedoor/bundle';
import { LEFT_BY_EXPORTS } from '../export/hoist/publishedFiles';

/** The state of a file or folder. */
export interface State {
  /** Hex sha256 of content and names; the same for all that is missing. */
  digest: string;
  /** When it last changed, ms since the epoch; 0 for what is missing. */
  changed: number;
}

const MISSING: State = { digest: 'missing', changed: 0 };
const SKIPPED = new Set(['node_modules', '.git', 'dist-dynamic']);

/** Digests files and package folders, each once: packages of a workspace share most of what they are made from. */
export class Digester {
  private readonly states = new Map<string, Promise<State>>();

  /** The state of one file, by absolute path. */
  file(path: string): Promise<State> {
    return this.once(path, () => fileState(path));
  }

  /** The state of all sources in a package folder: not of its node_modules, nor of bundles made from it. */
  folder(dir: string): Promise<State> {
    return this.once(`${dir}/`, () => folderState(dir));
  }

  private once(key: string, make: () => Promise<State>): Promise<State> {
    const state = this.states.get(key) ?? make();
    this.states.set(key, state);
    return state;
  }
}

async function fileState(path: string): Promise<State> {
  try {
    const info = await lstat(path);
    const content = info.isSymbolicLink() ? await readlink(path) : await readFile(path);
    return { digest: createHash('sha256').update(content).digest('hex'), changed: info.ctimeMs };
  } catch {
    // Also what cannot be read: an export that needs it says so.
    return MISSING;
  }
}

async function folderState(dir: string): Promise<State> {
  const paths = (await sources(dir, '')).sort();
  const states = await concurrently(paths, (path) => fileState(join(dir, path)));
  const hash = createHash('sha256');
  states.forEach(({ digest }, index) => hash.update(`${digest}  ${paths[index]}\n`));
  return { digest: hash.digest('hex'), changed: Math.max(0, ...states.map(({ changed }) => changed)) };
}

async function sources(dir: string, prefix: string): Promise<string[]> {
  const entries = await readdir(join(dir, prefix), { withFileTypes: true }).catch(() => []);
  // Below the top that is a bundle that --out put there.
  if (prefix !== '' && entries.some(({ name }) => name === MANIFEST_FILE)) return [];
  const found = entries
    .filter(({ name }) => !SKIPPED.has(name) && !LEFT_BY_EXPORTS.test(name))
    .map((entry) => {
      const path = prefix ? `${prefix}/${entry.name}` : entry.name;
      return entry.isDirectory() ? sources(dir, path) : entry.isFile() || entry.isSymbolicLink() ? [path] : [];
    });
  return (await Promise.all(found)).flat();
}
