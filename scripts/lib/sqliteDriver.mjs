import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { repository } from './repository.mjs';

/** What scripts/native/object-wrap.h keeps out of the driver, and why. */
const FATAL_SYMBOL = 'RemoveEnvironmentCleanupHook';

/** Included before all else where the driver is compiled. */
export const HEADER = join(repository, 'scripts/native/object-wrap.h');

/**
 * The installed SQLite driver: `works`, `broken` (it does not load, for example was built for another Node.js), or `fatal`
 * (it loads, and would abort the process some time later).
 */
export function sqliteDriverState() {
  const require = createRequire(join(repository, 'package.json'));
  try {
    const Database = require('better-sqlite3');
    new Database(':memory:').close();
    const addon = require.resolve('better-sqlite3/build/Release/better_sqlite3.node');
    return readFileSync(addon).includes(FATAL_SYMBOL) ? 'fatal' : 'works';
  } catch {
    return 'broken';
  }
}

/** node-gyp writes paths into makefiles and shell commands as they are: these characters mean themselves in both. */
const PLAIN = /^[\w./@+-]+$/;

/** False if what is installed below `dir` cannot be compiled in its place, for the characters in its path. */
export function compilesIn(dir) {
  return process.platform === 'win32' || PLAIN.test(dir);
}

/** SQLite is one file of C: 44 s of one core with the -O3 that its makers build with, 14 s with this, for queries that take longer. */
const QUICK_TO_COMPILE = '-O1';

/**
 * The environment `env` with what compiling the driver needs; where a prebuilt one is downloaded it has no effect. `header` is
 * a path that {@link compilesIn} takes. Flags in the environment win: {@link compileForUse} sets them.
 */
export function sqliteCompileEnvironment(env = process.env, header = HEADER) {
  if (process.platform === 'win32' || !compilesIn(header)) return env;
  // node-gyp hands JOBS to make.
  return {
    JOBS: String(availableParallelism()),
    CFLAGS: QUICK_TO_COMPILE,
    ...env,
    CXXFLAGS: `${env.CXXFLAGS ?? ''} -include ${header}`.trim(),
  };
}

/** Has a driver that is compiled from now on run as fast as it can. */
export function compileForUse(env = process.env) {
  env.CFLAGS ??= '-O3';
}

/** True while a compilation of the driver is in progress: it takes a minute or two, where no prebuilt one is offered. */
export function isCompilingSqliteDriver() {
  const build = join(repository, 'node_modules/better-sqlite3/build');
  return existsSync(build) && !existsSync(join(build, 'Release/better_sqlite3.node'));
}
