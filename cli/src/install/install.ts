import { replaceFile, type FolderLock } from '@stagedoor/bundle';
import { lstat, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { appConfigText, mergePluginConfigs } from './config/mergePluginConfigs';
import { listedTwice } from './errors';
import { fetchAll, type Ready } from './fetchAll';
import { lockedPlugins, tryToLock } from './lockedPlugins';
import { assertLocked } from './lockFile';
import { openList, type OpenList } from './openList';
import type { InstallOptions } from './options';
import { keepSigned } from './keepSigned';
import { resolveAll, type Planned } from './resolveAll';
import type { InstallResult } from './result';
import { APP_CONFIG, changedAppConfig, commit } from './root/commit';
import { rhdhFolders, rhdhLockWarning } from './root/rhdhRoot';
import { lockRoot } from './root/rootLock';
import { assertFree, entryName, isEntryOf, listInstalled, ownLinks, storePaths, sweepStore } from './root/store';
import { describePlugins } from './describePlugins';
import { asUnwritable } from '../temporary/unwritable';

/** Everything about a run that does not change in it. */
interface Run extends OpenList {
  options: InstallOptions;
  root: string;
  /** What app-config.dynamic-plugins.yaml is to hold. */
  appConfig: string;
  started: number;
}

/**
 * Makes a root directory contain exactly the plugins that a list enables, and app-config.dynamic-plugins.yaml their config.
 * Other drops are kept, and plugins of RHDH's installer are replaced. A missing or empty list changes nothing. Everything is
 * fetched and checked before the first change, and an interrupted run leaves a consistent set. Runs on one root directory
 * wait for each other. Throws PLUGIN_LIST_INVALID, PLUGIN_LISTED_TWICE, PLUGIN_REFERENCE_UNRESOLVED, INTEGRITY_MISSING,
 * PLUGIN_CONFIG_CONFLICT, PLUGIN_LOCK_MISMATCH, PLUGIN_LOCK_INVALID, ROOT_ENTRY_TAKEN, INSTALL_IN_PROGRESS,
 * OUTPUT_UNWRITABLE, the codes of the sources, and for invalid packages PACKAGE_JSON_*, MANIFEST_*, DIGEST_MISMATCH,
 * ARCHIVE_* and SIGNATURE_*.
 */
export async function install(options: InstallOptions): Promise<InstallResult> {
  const started = Date.now();
  const { dryRun, signal, onProgress } = options;
  const root = resolve(options.cwd, options.root);
  const opened = await openList(options);
  const appConfig = await appConfigText(mergePluginConfigs(opened.list.plugins));
  const run: Run = { ...opened, options, root, appConfig, started };
  try {
    if (dryRun) return opened.list.absent ? await leave(run) : await preview(run);
    const paths = storePaths(root);
    await mkdir(paths.store, { recursive: true });
    const onWait = (): void => onProgress?.({ step: 'waiting' });
    const patience = options.lockTimeoutMs !== undefined && { patienceMs: options.lockTimeoutMs };
    const lock = await lockRoot(paths.lock, { ...(signal && { signal }), ...patience, onWait });
    try {
      return opened.list.absent ? await leave(run, lock) : await change(run, lock);
    } catch (error) {
      throw await lock.explain(error);
    } finally {
      await lock.release();
    }
  } catch (error) {
    throw asUnwritable(error, root);
  }
}

/** Leaves what is installed as it is: without a list there is nothing to compare it with. */
async function leave(run: Run, lock?: FolderLock): Promise<InstallResult> {
  const { root } = run;
  const file = join(root, APP_CONFIG);
  // Portals are started with this file, which is there from the first install on.
  const missing = (await lstat(file).catch(() => undefined)) === undefined;
  if (missing && lock) await replaceFile(file, run.appConfig, { temporary: join(lock.work, APP_CONFIG) });
  return await result(run, [], [], [], { written: false, changed: missing, appConfigChanged: missing });
}

/** The changes of a run, as far as they are known without fetching. */
async function preview(run: Run): Promise<InstallResult> {
  const planned = await plan(run);
  return result(run, planned, [], await gone(run.root, planned, []), { written: false });
}

async function change(run: Run, lock: FolderLock): Promise<InstallResult> {
  const { root, list, options, context, locked, lockFile } = run;
  // The next holder of the lock removes this folder first: from then on nothing can be renamed into place from here.
  const staging = lock.work;
  await sweepStore(root, staging);
  const warning = await rhdhLockWarning(root);
  if (warning !== undefined) list.warnings.push(warning);
  const planned = await plan(run);
  const ready = await fetchAll(planned, staging, context, options);
  if (locked) assertLocked(lockFile, locked, lockedPlugins(planned, ready));
  await assertEntries(root, planned, ready);
  const removed = await gone(root, planned, ready);
  const appConfig = await changedAppConfig(root, run.appConfig);
  context.signal?.throwIfAborted();
  await lock.assertHeld();
  const renamed = planned.flatMap(({ keep }) => {
    const entry = keep && entryName(keep.name);
    return entry === undefined || entry === keep!.entry ? [] : [{ entry, folder: keep!.folder }];
  });
  const replaced = await rhdhFolders(root);
  await commit({ root, staging, ready, renamed, removed, replaced, ...(appConfig !== undefined && { appConfig }) });
  await sweepStore(root, staging).catch((error: Error) => {
    list.warnings.push(`What was replaced is still there, for the next install to remove: ${error.message}`);
  });
  const written = locked
    ? false
    : await tryToLock(lockFile, lockedPlugins(planned, ready), {
        installed: ready.length > 0,
        warnings: list.warnings,
      });
  const changed = appConfig !== undefined || renamed.length > 0;
  return await result(run, planned, ready, removed, { written, changed });
}

/** Resolves every plugin and compares what is known so far with the lock; installed packages count only if they are signed as required. */
async function plan({ root, list, options, context, locked, lockFile }: Run): Promise<Planned[]> {
  const there = await listInstalled(root);
  const installed = options.trusted ? await keepSigned(there, options.trusted, list.warnings) : there;
  options.onProgress?.({ step: 'resolving', plugins: list.plugins.length });
  const planned = await resolveAll(list.plugins, installed, options.sources, context);
  if (locked) assertLocked(lockFile, locked, lockedPlugins(planned, []));
  const plugins = planned.filter(({ keep }) => !keep).length;
  if (plugins > 0 && !options.dryRun) options.onProgress?.({ step: 'fetching', plugins });
  return planned;
}

/** Two packages of one name would have one place; and entries that install did not create are not replaced. */
async function assertEntries(root: string, planned: readonly Planned[], ready: readonly Ready[]): Promise<void> {
  const owners = new Map<string, string>();
  const own = new Set([...(await ownLinks(root)).map(({ entry }) => entry), ...(await rhdhFolders(root))]);
  const entries = [
    ...planned.flatMap(({ plugin, keep }) => (keep ? [{ entry: entryName(keep.name), plugin }] : [])),
    ...ready.map((one) => ({ entry: one.entry, plugin: one.plan.plugin })),
  ];
  for (const { entry, plugin } of entries) {
    const other = owners.get(entry);
    if (other !== undefined) {
      throw listedTwice([`${plugin.where}: ${plugin.package} and ${other} are both the package ${entry}.`]);
    }
    owners.set(entry, plugin.package);
    await assertFree(root, entry, own);
  }
}

/** Links of earlier installs, and folders of RHDH's installer, that nothing listed stands for; in a preview, those that something will be put in place of stay. */
async function gone(root: string, planned: readonly Planned[], ready: readonly Ready[]): Promise<string[]> {
  const stay = new Set([
    ...planned.flatMap(({ keep, previous }) =>
      keep ? [entryName(keep.name)] : ready.length === 0 && previous ? [previous.entry] : [],
    ),
    ...ready.map(({ entry }) => entry),
  ]);
  const there = [...(await ownLinks(root)).map(({ entry }) => entry), ...(await rhdhFolders(root))];
  return there.filter((entry) => !stay.has(entry));
}

async function result(
  { root, list, options, appConfig, lockFile, started }: Run,
  planned: readonly Planned[],
  ready: readonly Ready[],
  removed: string[],
  {
    written,
    changed: otherwise,
    appConfigChanged,
  }: { written: boolean; changed?: boolean; appConfigChanged?: boolean },
): Promise<InstallResult> {
  const changed = otherwise ?? (await changedAppConfig(root, appConfig)) !== undefined;
  // Links that only got another name: see `entryName`.
  const renamedFrom = new Set(
    planned.flatMap(({ previous }) =>
      previous && previous.entry !== entryName(previous.name) && isEntryOf(previous.entry, previous.name)
        ? [previous.entry]
        : [],
    ),
  );
  return {
    root,
    dryRun: options.dryRun === true,
    changed: changed || removed.length > 0 || planned.some(({ keep }) => !keep),
    plugins: describePlugins(planned, ready),
    removed: removed.filter((entry) => !renamedFrom.has(entry)),
    disabled: list.disabled,
    appConfig: { file: join(root, APP_CONFIG), changed: appConfigChanged ?? changed },
    lockFile: { file: lockFile, written },
    warnings: list.warnings,
    durationMs: Date.now() - started,
  };
}
