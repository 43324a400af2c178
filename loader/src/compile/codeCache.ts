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

/** Bytes from which on compiling ahead is worth a process: smaller files load within a stall that nobody notices. */
const LARGE = 1.5 * 1024 * 1024;

/** How {@link CodeCache.prepare} goes about it. */
export interface PrepareOptions {
  /** Whether requests are being served, which must not wait for large code to be compiled; else speed is all that counts. */
  serving: boolean;
}

/** What compiles code in a thread while the portal starts, see `AheadThread`. */
interface Ahead {
  take(file: string): Buffer | undefined;
}

/**
 * Keeps what V8 made of the code of bundles for the next time they are loaded, and has large code compiled elsewhere the first
 * time: requiring three megabytes of code stops the process for a tenth of a second otherwise, half of it for compiling.
 */
export class CodeCache {
  readonly #dir: string;
  readonly #patch = patchExtensions();
  readonly #kept: KeptScripts;
  readonly #ahead: Ahead | undefined;

  /** `dir` holds what is kept, by package and staged copy; it is written `keepAfterMs` after code was loaded, in peace. */
  constructor(dir: string, { keepAfterMs, ahead }: { keepAfterMs?: number; ahead?: Ahead } = {}) {
    this.#dir = dir;
    this.#ahead = ahead;
    this.#kept = new KeptScripts(keepAfterMs);
  }

  /** Readies the code of a staged bundle for its next `require`; `dispose` drops what was not required. */
  async prepare(bundle: StagedBundle, { serving }: PrepareOptions): Promise<{ dispose(): void }> {
    const files = keepsCode() ? await codeFiles(bundle) : [];
    for (const { file, path, size } of files) {
      const [cacheFile, large] = [this.#cacheFile(bundle, path), size >= LARGE];
      let cache = await readCache(cacheFile);
      if (!cache && serving && large && (await compileAhead(file, cacheFile))) cache = await readCache(cacheFile);
      if (cache && serving && large) {
        const source = await readFile(file, 'utf8');
        // Reading the cache in is the smaller half of what is left; running the code gets a turn of its own.
        await turn();
        const script = compile(file, source, cache);
        if (!script.cachedDataRejected) prepareScript(file, () => script);
        await turn();
      } else prepareScript(file, () => this.#compile(file, cacheFile, cache));
    }
    return { dispose: () => files.forEach(({ file }) => forgetScript(file)) };
  }

  /** Leaves `require` as it was, and keeps nothing more. */
  close(): void {
    this.#patch.dispose();
    this.#kept.close();
  }

  #compile(file: string, cacheFile: string, kept: Buffer | undefined): Script {
    const script = compile(file, readFileSync(file, 'utf8'), kept ?? this.#ahead?.take(file));
    // What the thread made holds no function that a start calls.
    if (!kept || script.cachedDataRejected) this.#kept.add(cacheFile, script);
    return script;
  }

  #cacheFile({ dir }: StagedBundle, path: string): string {
    return join(this.#dir, basename(dirname(dir)), basename(dir), `${hash(path)}.${process.version}`);
  }
}

/** A name for each path: of two files with one cache, V8 would run the code of one as the other. */
function hash(path: string): string {
  return createHash('sha256').update(path).digest('hex');
}

/** False where it is of no use: a debugger, and source maps in stack traces, need the module as Node itself loads it. */
export function keepsCode(): boolean {
  const { sourceMapsEnabled } = process as { sourceMapsEnabled?: boolean };
  const asked = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((flag) => flag.includes('source-maps'));
  return !sourceMapsEnabled && !asked && inspector.url() === undefined;
}
