import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { lowerPriority } from '../../lowerPriority';

/** The built child; this file is built into `dist/index.cjs.js`. */
const CHILD = join(__dirname, 'host', 'modules', 'child.cjs.js');
const TIMEOUT_MS = 30_000;
/** A thousand paths take a tenth of it. */
const MOST_BYTES = 2 ** 24;
/** How long modules are loaded before other work gets a turn. */
const TURN_MS = 10;

/**
 * The files that requiring this CommonJS file loads, in an order in which they can be required one by one, determined in a
 * separate process. Resolves to an empty list on failure: the importer of the file will report it.
 */
export function modulesOf(file: string): Promise<string[]> {
  return new Promise((resolve) => {
    const options = { env: {}, timeout: TIMEOUT_MS, maxBuffer: MOST_BYTES };
    const child = execFile(process.execPath, [CHILD, file], options, (fault, output) =>
      resolve(fault ? [] : readFiles(output)),
    );
    if (child.pid) lowerPriority(child.pid);
  });
}

/** Requires files one at a time with other work in between. Stops at one that fails: its user will report it. */
export async function importInTurns(files: readonly string[]): Promise<void> {
  const require = createRequire(__filename);
  let began = performance.now();
  for (const file of files) {
    if (performance.now() - began > TURN_MS) {
      await nextTurn();
      began = performance.now();
    }
    try {
      require(file);
    } catch {
      return;
    }
  }
}

/** Packages may print anything: the result is in the last line. */
function readFiles(output: string): string[] {
  try {
    return JSON.parse(output.slice(output.lastIndexOf('\n') + 1)) as string[];
  } catch {
    return [];
  }
}
