import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { Failure } from './failure.mjs';
import { repository } from './repository.mjs';
import { HEADER, compilesIn, sqliteCompileEnvironment } from './sqliteDriver.mjs';

const ADDON = 'build/Release/better_sqlite3.node';

/**
 * Downloads or compiles the SQLite driver in a temporary folder and puts it in its place, the package folder `driver`: for
 * folders in which it cannot be compiled. `run(args, {cwd, env})` runs npm.
 */
export async function buildDriverElsewhere(run, { env = process.env, driver = installedDriver() } = {}) {
  const dir = plainFolder();
  try {
    const sources = join(dir, 'better-sqlite3');
    cpSync(driver, sources, { recursive: true, filter: (path) => path !== join(driver, 'build') });
    const header = join(dir, 'object-wrap.h');
    copyFileSync(HEADER, header);
    const programs = join(dir, 'bin');
    mkdirSync(programs);
    symlinkSync(join(repository, 'node_modules/.bin/prebuild-install'), join(programs, 'prebuild-install'));
    await run(['run', 'install'], {
      cwd: sources,
      env: {
        ...sqliteCompileEnvironment(env, header),
        ...nodeHeaders(env.npm_config_nodedir, dir),
        PATH: [programs, env.PATH].join(delimiter),
      },
    });
    const addon = join(driver, ADDON);
    mkdirSync(dirname(addon), { recursive: true });
    // Not over one that a process may have loaded.
    copyFileSync(join(sources, ADDON), `${addon}.new`);
    renameSync(`${addon}.new`, addon);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function installedDriver() {
  return dirname(createRequire(join(repository, 'package.json')).resolve('better-sqlite3/package.json'));
}

/** The headers of Node.js may lie in the checkout, too. */
function nodeHeaders(nodedir, dir) {
  if (!nodedir || compilesIn(nodedir)) return {};
  const link = join(dir, 'node');
  symlinkSync(nodedir, link);
  return { npm_config_nodedir: link };
}

function plainFolder() {
  const parent = [tmpdir(), '/tmp', '/var/tmp'].find((candidate) => compilesIn(candidate) && existsSync(candidate));
  if (parent) return mkdtempSync(join(parent, 'stagedoor-driver-'));
  throw new Failure(
    'The SQLite driver cannot be compiled: the paths of this folder and of the temporary one have characters that make interprets.',
    'Set TMPDIR to a folder whose path consists of letters, digits and ./@+-_',
  );
}
