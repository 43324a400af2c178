import { packName } from '@stagedoor/bundle';
import { readFile, stat } from 'node:fs/promises';
import inspector from 'node:inspector';
import { basename, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { StagedBundle } from '../stage/stageDrop';
import { readCache } from './cacheFile';
import { compile } from './compile';
import { compileAhead } from './compileAhead';
import { forgetScript, patchExtensions, prepareScript } from './preparedScripts';

/** Bytes from which on compiling ahead is worth a process: smaller files load within a stall that nobody notices. */
const LARGE = 1.5 * 1024 * 1024;

/** How {@link CodeCache.prepare} goes about it. */
export interface PrepareOptions {
  /** Compile what no cache was kept of; false where loading at once matters more than a stall. */
  compileMissing: boolean;
}

/**
 * Compiles the large files of bundles before they are required, elsewhere, and keeps the result: requiring three
 * megabytes of code stops the process for a tenth of a second otherwise, half of it for compiling.
 */
export class CodeCache {
  readonly #dir: string;
  readonly #patch = patchExtensions();

  /** `dir` holds what is kept, by package and staged copy. */
  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Readies the code of a staged bundle for its next `require`; `dispose` drops what was not required. */
  async prepare(bundle: StagedBundle, { compileMissing }: PrepareOptions): Promise<{ dispose(): void }> {
    const files = usable() ? await largeFiles(bundle) : [];
    for (const path of files) {
      const file = join(bundle.dir, path);
      const cacheFile = join(this.dirOf(bundle), `${path.replaceAll('/', '-')}.${process.version}`);
      let cache = await readCache(cacheFile);
      if (!cache && compileMissing && (await compileAhead(file, cacheFile))) cache = await readCache(cacheFile);
      if (!cache) continue;
      const source = await readFile(file, 'utf8');
      // Reading the cache in is the smaller half of what is left; running the code gets a turn of its own.
      await turn();
      const script = compile(file, source, cache);
      if (!script.cachedDataRejected) prepareScript(file, script);
      await turn();
    }
    return { dispose: () => files.forEach((path) => forgetScript(join(bundle.dir, path))) };
  }

  /** Where the caches of a bundle lie. */
  dirOf(bundle: Pick<StagedBundle, 'name' | 'dir'>): string {
    return join(this.#dir, packName(bundle.name), basename(bundle.dir));
  }

  /** Leaves `require` as it was. */
  close(): void {
    this.#patch.dispose();
  }
}

/** A debugger, and source maps in stack traces, need the module as Node itself loads it. */
function usable(): boolean {
  const { sourceMapsEnabled } = process as { sourceMapsEnabled?: boolean };
  const asked = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((flag) => flag.includes('source-maps'));
  return !sourceMapsEnabled && !asked && inspector.url() === undefined;
}

/** Paths of a bundle's large files of CommonJS. Bundles of other tools are made of many small ones. */
async function largeFiles({ dir, manifest, packageJson }: StagedBundle): Promise<string[]> {
  if (packageJson.type === 'module') return [];
  const paths = (manifest?.files ?? []).filter(({ path, size }) => /^dist\/.*\.js$/.test(path) && size >= LARGE);
  const present = await Promise.all(paths.map(({ path }) => stat(join(dir, path)).catch(() => undefined)));
  return paths.filter((_, index) => present[index]?.isFile()).map(({ path }) => path);
}
