import { realpath } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { MANIFEST_FILE, concurrently, dynamicName, isFrontendRole, packName, sha256File } from '@stagedoor/bundle';
import { exportPlugin } from '../export/exportPlugin';
import { unmatchedOverrides } from '../export/plan/overrides';
import { LockfileReader } from '../export/source/lockfile/readLockfile';
import type { ExportOptions } from '../export/plan/options';
import type { ExportResult } from '../export/result';
import { cacheDir, findWorkspace } from '../export/source/workspace';
import { Digester } from './digester';
import { sameOutput } from './errors';
import { findPlugins, type WorkspacePlugin } from './findPlugins';
import { inputState, inputsOf } from './inputs';
import { isIntact } from './intact';
import { Records, type ExportRecord } from './records';
import { selectPlugins } from './selectPlugins';
import { settingsDigest } from './settings';
import type { WorkspaceRoot } from './workspaceRoot';

/** Options of {@link exportWorkspace}: those of one export, for every plugin. */
export interface WorkspaceOptions extends Omit<ExportOptions, 'target' | 'onStep' | 'onInputs' | 'lockfiles'> {
  /** Folder that holds one folder per bundle, `<scope>-<name>-dynamic`; by default each plugin's own `dist-dynamic`. */
  out?: string;
  /** Names or folders, see `selectPlugins`; all where empty. */
  filter?: readonly string[];
  /** How many at once; by default one per processor. */
  jobs?: number;
  /** Export also what is unchanged. */
  force?: boolean;
  /** Called when a plugin is done, with how many are by then. */
  onDone?: (outcome: WorkspaceOutcome, done: number, total: number) => void;
}

/** What became of one plugin. */
export type WorkspaceOutcome = WorkspacePlugin &
  ({ status: 'exported' | 'unchanged'; result: ExportResult } | { status: 'failed'; error: unknown });

/** What one run shares among its exports. */
interface Run {
  root: string;
  options: WorkspaceOptions;
  settings: string;
  records: Records;
  digester: Digester;
  lockfiles: LockfileReader;
}

/**
 * Exports every plugin of a workspace, several at once, and skips those whose inputs and output are as the last
 * export left them. A plugin that fails does not keep the others; outcomes are in the order of folders.
 *
 * Throws WORKSPACE_EMPTY, USAGE if two bundles would have one folder or an override matches in no plugin, or the reason of an aborted signal.
 */
export async function exportWorkspace(
  workspace: WorkspaceRoot,
  options: WorkspaceOptions,
): Promise<WorkspaceOutcome[]> {
  const plugins = selectPlugins(await findPlugins(workspace), options.filter ?? []);
  const root = await realpath(workspace.dir);
  const run: Run = {
    root,
    options,
    settings: settingsDigest(perPlugin(options)),
    records: new Records(cacheDir(findWorkspace(root))),
    digester: new Digester(),
    lockfiles: new LockfileReader(),
  };
  refuseSharedFolders(plugins, options);
  let done = 0;
  const outcomes = await concurrently(
    plugins,
    async (plugin) => {
      const outcome = await exportOne(plugin, run);
      done++;
      if (!options.signal?.aborted) options.onDone?.(outcome, done, plugins.length);
      return outcome;
    },
    options.jobs ?? availableParallelism(),
  );
  options.signal?.throwIfAborted();
  refuseUnmatched(outcomes);
  return outcomes;
}

/** Throws USAGE for an override that means no package of any plugin that takes overrides. */
function refuseUnmatched(outcomes: readonly WorkspaceOutcome[]): void {
  const results = outcomes.flatMap((outcome) => (outcome.status === 'failed' ? [] : [outcome.result]));
  const backends = results.filter(({ role }) => !isFrontendRole(role));
  const unmatched = (backends[0]?.unmatched ?? []).filter((option) =>
    backends.every((result) => result.unmatched?.includes(option)),
  );
  // What failed may have matched.
  if (unmatched.length === 0 || results.length < outcomes.length) return;
  throw unmatchedOverrides(unmatched, 'any exported plugin');
}

async function exportOne(plugin: WorkspacePlugin, run: Run): Promise<WorkspaceOutcome> {
  const { options, records } = run;
  const started = performance.now();
  try {
    options.signal?.throwIfAborted();
    const dir = await realpath(plugin.dir);
    const last = options.force ? undefined : await records.read(plugin.folder);
    if (last && (await isUpToDate(last, plugin, dir, run))) {
      const durationMs = Math.round(performance.now() - started);
      return { ...plugin, status: 'unchanged', result: { ...last.result, durationMs } };
    }
    return { ...plugin, status: 'exported', result: await exportAndRecord(plugin, dir, run) };
  } catch (error) {
    return { ...plugin, status: 'failed', error };
  }
}

async function isUpToDate(last: ExportRecord, plugin: WorkspacePlugin, dir: string, run: Run): Promise<boolean> {
  const { options, root, settings, digester } = run;
  if (last.settings !== settings || last.result.path !== outputOf(plugin, options)) return false;
  if ((last.result.archive !== undefined) !== options.pack) return false;
  if ((await inputState(last.inputs, root, dir, digester)).digest !== last.state) return false;
  return await isIntact(last);
}

async function exportAndRecord(plugin: WorkspacePlugin, dir: string, run: Run): Promise<ExportResult> {
  const { options, root, settings, records, digester } = run;
  const started = Date.now();
  let paths: string[] = [];
  const result = await exportPlugin({
    ...perPlugin(options),
    // What is decided for bundles of backends is of no concern to the others.
    ...(isFrontendRole(plugin.role ?? '') && { overrides: {} }),
    partOfMany: true,
    target: plugin.dir,
    out: outputOf(plugin, options),
    lockfiles: run.lockfiles,
    onInputs: (used) => (paths = used),
  });
  const inputs = inputsOf(paths, root, dir);
  const { digest: state, changed } = await inputState(inputs, root, dir, digester);
  // What was written meanwhile may be in the digest and not in the bundle.
  if (changed < started) {
    const manifest = await sha256File(join(result.path, MANIFEST_FILE));
    await records.write(plugin.folder, { settings, inputs, state, manifest, result });
  }
  return result;
}

function perPlugin({
  filter: _,
  jobs: _jobs,
  force: _force,
  onDone: _done,
  ...options
}: WorkspaceOptions): ExportOptions {
  return options;
}

function outputOf({ dir, name }: WorkspacePlugin, { out, cwd }: WorkspaceOptions): string {
  return out === undefined ? join(dir, 'dist-dynamic') : resolve(cwd, out, packName(dynamicName(name)));
}

function refuseSharedFolders(plugins: WorkspacePlugin[], options: WorkspaceOptions): void {
  const byFolder = new Map<string, WorkspacePlugin>();
  for (const plugin of plugins) {
    const folder = outputOf(plugin, options);
    const other = byFolder.get(folder);
    if (other) {
      throw sameOutput(other.folder, plugin.folder, folder);
    }
    byFolder.set(folder, plugin);
  }
}
