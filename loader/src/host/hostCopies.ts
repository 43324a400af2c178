import { StagedoorError } from '@stagedoor/bundle';
import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { satisfies } from 'semver';

/** An installed copy of a package. */
interface Copy {
  version: string;
  /** Its folder, links resolved. */
  dir: string;
}

/**
 * Holds the copies of Backstage's host packages that the loader uses against those of the program `entry` (default: the one
 * that Node.js runs), and against the ranges that the loader is tested with: its peer dependencies. Returns a warning for
 * each that is outside of its range. Throws HOST_COPY_NESTED where loader and program use two copies of one package: what
 * plugins do with one of them, the other does not see.
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
    if (used && other && used.dir !== other.dir) throw nested(name, used, other);
    if (!used || satisfies(used.version, range, { includePrerelease: true })) return [];
    return [`${name} ${used.version} is outside the tested range (${range}) of @stagedoor/loader. It may work.`];
  });
}

function nested(name: string, used: Copy, other: Copy): StagedoorError {
  const [mine, theirs] = [used, other].map(({ version, dir }) => `${version} in ${dir}`);
  return new StagedoorError(
    'HOST_COPY_NESTED',
    `${name} is installed twice: @stagedoor/loader uses ${mine}, the backend ${theirs}.`,
  );
}

/** Resolves as the program does; undefined for one that is not a file. */
function programRequire(entry: string): NodeJS.Require | undefined {
  try {
    return createRequire(realpathSync(entry));
  } catch {
    return undefined;
  }
}

/** Undefined for a package that is not installed there, or does not say what it is. */
function copyOf(name: string, require: NodeJS.Require): Copy | undefined {
  try {
    const file = realpathSync(require.resolve(`${name}/package.json`));
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
    return { version, dir: dirname(file) };
  } catch {
    return undefined;
  }
}
