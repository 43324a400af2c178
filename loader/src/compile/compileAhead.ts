import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lowerPriority } from '../lowerPriority';

/** The built child; this file is built into `dist/index.cjs.js`. */
const CHILD = join(__dirname, 'compile', 'child.cjs.js');
/** Compiling takes a tenth of a second for each megabyte or so; code that takes this long is loaded without. */
const TIMEOUT_MS = 10_000;

/**
 * Compiles a file of CommonJS in a process of its own and writes V8's code cache of it to `cacheFile`, whole or not at
 * all. Resolves to false where that failed: the code then compiles as it is loaded.
 *
 * A process and no thread: only with V8's `--no-lazy` does the cache hold more than the outermost functions, and V8's
 * flags hold for a whole process.
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
