import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { satisfies } from 'semver';
import { hostCopyNested, type Copy } from './errors';

/**
 * Compares the copies of Backstage's host packages that the loader uses with those of the program `entry` (default: the one
 * that Node.js runs), and with the ranges that the loader is tested with, its peer dependencies. Returns a warning for each
 * version outside its range. Throws HOST_COPY_NESTED if loader and program use different copies of one package, because state
 * in one of them is invisible in the other.
 */
export function checkHostCopies(entry = process.argv[1]): string[] {
  const own = createRequire(__filename);
  const { peerDependencies = {} } = own('@stagedoor/loader/package.json') as {
    peerDependencies?: Record<string, string>;
  };
  const program = entry === undefined ? undefined : programRequire(entry);
  return Object.entries(peerDependencies).flatMap(([name, range]) => {
    const used = copyOf(name, own);
    const other = program && copyOf(name, program);
    if (used && other && used.dir !== other.dir) throw hostCopyNested(name, used, other);
    if (!used || satisfies(used.version, range, { includePrerelease: true })) return [];
    return [`${name} ${used.version} is outside the tested range (${range}) of @stagedoor/loader. It may work.`];
  });
}

/** Resolves as the program does; undefined for one that is not a file. */
function programRequire(entry: string): NodeJS.Require | undefined {
  try {
    return createRequire(realpathSync(entry));
  } catch {
    return undefined;
  }
}

/** Undefined for a package that is not installed there, or has no readable package.json. */
function copyOf(name: string, require: NodeJS.Require): Copy | undefined {
  try {
    const file = realpathSync(require.resolve(`${name}/package.json`));
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
    return { version, dir: dirname(file) };
  } catch {
    return undefined;
  }
}
