import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lowerPriority } from '../lowerPriority';

/** The built child; this file is built into `dist/index.cjs.js`. */
const CHILD = join(__dirname, 'compile', 'child.cjs.js');
/** Compiling takes about 100 ms per megabyte; code that exceeds this time is loaded without a cache. */
const TIMEOUT_MS = 10_000;

/**
 * Compiles a CommonJS file in a separate process and writes V8's code cache to `cacheFile` atomically. Resolves to false on
 * failure: the code then compiles when it is loaded.
 * A process rather than a thread: only with V8's `--no-lazy` does the cache contain more than the outermost functions, and
 * V8's flags apply to a whole process.
 */
export function compileAhead(file: string, cacheFile: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [CHILD, file, cacheFile], { stdio: 'ignore', env: {}, timeout: TIMEOUT_MS });
    child.unref();
    if (child.pid) lowerPriority(child.pid);
    child.once('error', () => resolve(false));
    child.once('exit', () => resolve(existsSync(cacheFile)));
  });
}
