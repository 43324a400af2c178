import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { defaultHostSharedDependencies } from '@backstage/module-federation-common';
import { OLD_FRONTEND_HINT, StagedoorError, findPackageDir, readPackageJson } from '@stagedoor/bundle';
import { packageOfImport } from '../../export/source/installedPackage';
import type { StartedFrontend } from '../messages';
import { outcomeError } from '../outcomeError';
import { startChild } from '../runChild';
import { inView } from '../view';
import type { FrontendTask } from './task';

/** The built child; this file is built into `dist/index.cjs.js` and `dist/main.cjs.js`. */
const CHILD = join(__dirname, 'startCheck/frontend/main.cjs.js');
const DEFAULT_TIMEOUT_MS = 60_000;

/** What is loaded, and with what. */
export interface FrontendCheckOptions {
  /** Package name of the bundle. */
  name: string;
  container: string;
  /** Bundle path of the entry script, in `dist/`. */
  entryFile: string;
  exposes: string[];
  /** Folders that the packages which apps share are resolved from, the first one first. */
  sharedFrom: string[];
  /** For the whole child process, default 60 s. */
  timeoutMs?: number;
}

/**
 * Loads every module of a remote in a clean child process: in a document without a screen, with the packages that Backstage apps share, and
 * no network. Nothing is shown. Throws LOAD_FAILED, REMOTE_INVALID where nothing is for the new frontend system, DEPENDENCY_NOT_INSTALLED
 * where there is no React to load it with, and VERIFY_FAILED when it hangs or ends the process.
 */
export async function checkFrontend(bundleDir: string, options: FrontendCheckOptions): Promise<StartedFrontend> {
  const { name, container, entryFile, exposes, sharedFrom, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const task: FrontendTask = {
    ...{ name, container, exposes, oldHint: OLD_FRONTEND_HINT },
    assetsDir: resolve(bundleDir, 'dist'),
    entry: entryFile.slice('dist/'.length),
    shared: await sharedModules(name, sharedFrom),
  };
  return await inView(async (homeDir, onKill) => {
    const child = startChild(CHILD, task, homeDir, timeoutMs);
    onKill(child.kill);
    const outcome = await child.outcome;
    if (outcome.kind !== 'passed') throw outcomeError(outcome, name, timeoutMs);
    return outcome.started as StartedFrontend;
  });
}

/** What apps share, as far as it is installed. Remotes carry their own copies of what they can do without. */
async function sharedModules(name: string, from: readonly string[]): Promise<FrontendTask['shared']> {
  const found: FrontendTask['shared'] = {};
  for (const request of Object.keys(defaultHostSharedDependencies())) {
    const packageName = packageOfImport(request);
    const dir = [...from, __dirname]
      .map((each) => findPackageDir(packageName, each))
      .find((each) => each !== undefined);
    if (dir === undefined) continue;
    const { version } = await readPackageJson(dir);
    found[request] = { file: createRequire(join(dir, 'package.json')).resolve(request), version };
  }
  const missing = ['react', 'react-dom'].find((each) => !found[each]);
  if (missing === undefined) return found;
  throw new StagedoorError(
    'DEPENDENCY_NOT_INSTALLED',
    `${missing} is not installed: ${name} cannot be loaded without it.`,
    {
      hint: `Install ${missing} as a development dependency of the plugin, or export with --no-start-check.`,
    },
  );
}
