import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import inspector from 'node:inspector';
import { basename, dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Script } from 'node:vm';
import type { StagedBundle } from '../stage/stagedBundle';
import { readCache } from './cacheFile';
import { codeFiles } from './codeFiles';
import { compile } from './compile';
import { compileAhead } from './compileAhead';
import { KeptScripts } from './keptScripts';
import { forgetScript, patchExtensions, prepareScript } from '../patches/preparedScripts';

/** Smallest size in bytes for which a process that compiles ahead pays off: smaller files load within an unnoticeable stall. */
const LARGE = 1.5 * 1024 * 1024;

/** Options of {@link CodeCache.prepare}. */
export interface PrepareOptions {
  /** Whether the portal is serving requests, which must not wait while large code compiles; otherwise only speed counts. */
  serving: boolean;
}

/** Compiles code in a thread while the portal starts, see `AheadThread`. */
interface Ahead {
  take(file: string): Buffer | undefined;
}

/**
 * Keeps V8's code caches of bundles for the next load, and compiles large code elsewhere the first time: otherwise, requiring
 * 3 MB of code blocks the process for 100 ms, half of it for compiling.
 */
export class CodeCache {
  readonly #dir: string;
  readonly #patch = patchExtensions();
  readonly #kept: KeptScripts;
  readonly #ahead: Ahead | undefined;

  /** `dir` contains the caches, by package and staged copy. They are written `keepAfterMs` after the code was loaded. */
  constructor(dir: string, { keepAfterMs, ahead }: { keepAfterMs?: number; ahead?: Ahead } = {}) {
    this.#dir = dir;
    this.#ahead = ahead;
    this.#kept = new KeptScripts(keepAfterMs);
  }

  /** Prepares the code of a staged bundle for its next `require`; `dispose` drops what was not required. */
  async prepare(bundle: StagedBundle, { serving }: PrepareOptions): Promise<{ dispose(): void }> {
    const files = keepsCode() ? await codeFiles(bundle) : [];
    for (const { file, path, size } of files) {
      const [cacheFile, large] = [this.#cacheFile(bundle, path), size >= LARGE];
      let cache = await readCache(cacheFile);
      if (!cache && serving && large && (await compileAhead(file, cacheFile))) cache = await readCache(cacheFile);
      if (cache && serving && large) {
        const source = await readFile(file, 'utf8');
        // Reading the cache is the smaller half of the remaining work; running the code gets a turn of its own.
        await turn();
        const script = compile(file, source, cache);
        if (!script.cachedDataRejected) prepareScript(file, () => script);
        await turn();
      } else prepareScript(file, () => this.#compile(file, cacheFile, cache));
    }
    return { dispose: () => files.forEach(({ file }) => forgetScript(file)) };
  }

  /** Restores `require`, and keeps no further caches. */
  close(): void {
    this.#patch.dispose();
    this.#kept.close();
  }

  #compile(file: string, cacheFile: string, kept: Buffer | undefined): Script {
    const script = compile(file, readFileSync(file, 'utf8'), kept ?? this.#ahead?.take(file));
    // The cache from the thread contains no functions that a start calls.
    if (!kept || script.cachedDataRejected) this.#kept.add(cacheFile, script);
    return script;
  }

  #cacheFile({ dir }: StagedBundle, path: string): string {
    return join(this.#dir, basename(dirname(dir)), basename(dir), `${hash(path)}.${process.version}`);
  }
}

/** One name for each path: given two files with one cache, V8 would run the code of one as the other. */
function hash(path: string): string {
  return createHash('sha256').update(path).digest('hex');
}

/** False if a cache cannot be used: with a debugger or with source maps in stack traces, Node itself must load the module. */
export function keepsCode(): boolean {
  const { sourceMapsEnabled } = process as { sourceMapsEnabled?: boolean };
  const asked = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((flag) => flag.includes('source-maps'));
  return !sourceMapsEnabled && !asked && inspector.url() === undefined;
}
