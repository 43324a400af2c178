import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isBackendRole, readPackageJson } from '@stagedoor/bundle';
import { Rebuilds } from '../export/bundle/esbuild/rebuilds';
import { exportPlugin } from '../export/exportPlugin';
import { LockfileReader } from '../export/source/lockfile/readLockfile';
import type { ExportResult } from '../export/result';
import { checkStart } from '../startCheck/startCheck';
import { buildReporter } from './buildReport';
import { dropEntry } from './dropEntry';
import { findPackages, findRoot } from './findPackages';
import type { DevOptions } from './options';
import { watchSources } from './watchSources';

/** The portal loads the bundle first: it needs the processors as much as the test host does. */
const START_CHECK_DELAY_MS = 1000;

/**
 * Exports plugins into the root directory of a portal, and again after every change to their source, until the signal is
 * aborted. The drops stay. Build errors are events; throws initial errors: USAGE, WORKSPACE_*, PACKAGE_JSON_* and
 * ROOT_ENTRY_TAKEN.
 */
export async function develop(options: DevOptions): Promise<void> {
  const portal = await findRoot(options);
  const packages = await findPackages(options);
  const developed = await Promise.all(packages.map((dir) => developPackage(dir, portal, options)));
  options.onEvent({ event: 'watching', packages, portal });
  const alive = setInterval(() => {}, 2 ** 30);
  await new Promise<void>((ended) => {
    if (options.signal.aborted) ended();
    else options.signal.addEventListener('abort', () => ended(), { once: true });
  });
  clearInterval(alive);
  await Promise.all(developed.map((each) => each.close()));
}

async function developPackage(
  dir: string,
  root: string,
  { signal, onEvent }: DevOptions,
): Promise<{ close(): Promise<void> }> {
  const { name } = await readPackageJson(dir);
  const drop = join(root, await dropEntry(root, name));
  const report = buildReporter(root, name);
  await report.built();
  const rebuilds = new Rebuilds();
  const lockfiles = new LockfileReader();
  let changes = 0;
  let working: Promise<void> | undefined;
  const build = async (): Promise<void> => {
    const began = performance.now();
    const change = changes;
    try {
      const result = await exportPlugin({
        cwd: dir,
        out: drop,
        pack: false,
        startCheck: false,
        localSources: true,
        rebuilds,
        lockfiles,
        signal,
        onInputs: (files) => sources.add(files),
      });
      await report.built();
      onEvent({ event: 'built', drop, durationMs: Math.round(performance.now() - began), result });
      if (isBackendRole(result.role)) void checkLater(result, change);
    } catch (error) {
      if (signal.aborted) return;
      onEvent({ event: 'failed', package: name, error });
      await report.failed(error);
    }
  };
  const checkLater = async (result: ExportResult, change: number): Promise<void> => {
    try {
      await sleep(START_CHECK_DELAY_MS, undefined, { signal });
      if (change === changes) await checkStart(result.path, { sharedFrom: dir });
    } catch (error) {
      // A missing entry was replaced meanwhile.
      if (change === changes && !signal.aborted) onEvent({ event: 'unverified', drop, error });
    }
  };
  const work = async (): Promise<void> => {
    for (let built = -1; built !== changes && !signal.aborted;) {
      built = changes;
      await build();
    }
    working = undefined;
  };
  const sources = await watchSources(dir, () => {
    changes++;
    working ??= work();
  });
  await (working = work());
  return {
    close: async () => {
      await sources.close();
      await working;
      await rebuilds.dispose();
      report.end();
    },
  };
}
