import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import inspector from 'node:inspector';
import { basename, dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Script } from 'node:vm';
import type { StagedBundle } from '../stage/stageDrop';
import { readCache } from './cacheFile';
import { compile } from './compile';
import { compileAhead } from './compileAhead';
import { KeptScripts } from './keptScripts';
import { forgetScript, patchExtensions, prepareScript } from './preparedScripts';

/** Bytes from which on V8's cache of a file saves more than reading it costs. */
const CACHED = 256 * 1024;
/** Bytes from which on compiling ahead is worth a process: smaller files load within a stall that nobody notices. */
const LARGE = 1.5 * 1024 * 1024;

/** What compiles code while the portal starts; see `AheadThread`. */
export interface CompilingThread {
  compile(file: string): void;
  take(file: string): Buffer | undefined;
}

/** How {@link CodeCache.prepare} goes about it. */
export interface PrepareOptions {
  /** Whether requests are being served, which must not wait for large code to be compiled; else speed is all that counts. */
  serving: boolean;
}

interface CodeFile {
  file: string;
  cacheFile: string;
  large: boolean;
}

/**
 * Keeps what V8 made of the code of bundles for the next time they are loaded, and has large code compiled elsewhere the first
 * time: requiring three megabytes of code stops the process for a tenth of a second otherwise, half of it for compiling.
 */
export class CodeCache {
  readonly #dir: string;
  readonly #patch = patchExtensions();
  readonly #kept: KeptScripts;
  /** Compiles in a thread, while the portal starts. */
  ahead: CompilingThread | undefined;

  /** `dir` holds what is kept, by package and staged copy; it is written `keepAfterMs` after code was loaded, in peace. */
  constructor(dir: string, keepAfterMs?: number) {
    this.#dir = dir;
    this.#kept = new KeptScripts(keepAfterMs);
  }

  /** Has the code of a staged bundle compiled in the thread, for a {@link prepare} to come. */
  async begin(bundle: StagedBundle): Promise<void> {
    if (!this.ahead || !usable()) return;
    for (const { file, cacheFile } of await this.#codeFiles(bundle)) {
      if (!existsSync(cacheFile)) this.ahead?.compile(file);
    }
  }

  /** Readies the code of a staged bundle for its next `require`; `dispose` drops what was not required. */
  async prepare(bundle: StagedBundle, { serving }: PrepareOptions): Promise<{ dispose(): void }> {
    const files = usable() ? await this.#codeFiles(bundle) : [];
    for (const { file, cacheFile, large } of files) {
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
    const script = compile(file, readFileSync(file, 'utf8'), kept ?? this.ahead?.take(file));
    // What the thread made holds no function that a start calls.
    if (!kept || script.cachedDataRejected) this.#kept.add(cacheFile, script);
    return script;
  }

  /** A bundle's files of CommonJS that are worth it. Bundles of other tools are made of many small ones. */
  async #codeFiles({ dir, manifest, packageJson }: StagedBundle): Promise<CodeFile[]> {
    if (packageJson.type === 'module') return [];
    const paths = (manifest?.files ?? []).filter(({ path, size }) => /^dist\/.*\.js$/.test(path) && size >= CACHED);
    const present = await Promise.all(paths.map(({ path }) => stat(join(dir, path)).catch(() => undefined)));
    return paths
      .filter((_, index) => present[index]?.isFile())
      .map(({ path, size }) => ({
        file: join(dir, path),
        cacheFile: join(this.#dir, basename(dirname(dir)), basename(dir), `${hash(path)}.${process.version}`),
        large: size >= LARGE,
      }));
  }
}

/** A name for each path: of two files with one cache, V8 would run the code of one as the other. */
function hash(path: string): string {
  return createHash('sha256').update(path).digest('hex');
}

/** A debugger, and source maps in stack traces, need the module as Node itself loads it. */
function usable(): boolean {
  const { sourceMapsEnabled } = process as { sourceMapsEnabled?: boolean };
  const asked = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((flag) => flag.includes('source-maps'));
  return !sourceMapsEnabled && !asked && inspector.url() === undefined;
}
