import { resolve } from 'node:path';
import type { Options } from 'yargs';
import { isFolder } from '../export/source/locate';
import { exportWorkspace, type WorkspaceOptions } from '../workspace/exportWorkspace';
import { readWorkspaceRoot, type WorkspaceRoot } from '../workspace/workspaceRoot';
import type { Reporter } from '../report/reporter';
import { grouped } from './commonOptions';
import { filterOutsideWorkspace, jobsInvalid } from './errors';

/** Export options for the root of a workspace. */
export const workspaceOptions = grouped('Workspaces', {
  filter: {
    type: 'string',
    requiresArg: true,
    describe: 'Only plugins with this name or folder; * matches any text, ! excludes; repeatable',
  },
  jobs: {
    type: 'number',
    requiresArg: true,
    describe: 'Number of concurrent exports; default: one per processor',
  },
  force: { type: 'boolean', default: false, describe: 'Export unchanged plugins too' },
} as const satisfies Record<string, Options>);

/** Their values as the command line gives them. */
export interface WorkspaceArguments {
  filter?: string | string[];
  jobs?: number;
  force: boolean;
}

/** The workspace that `target` names relative to `cwd`; undefined if it names one package. Throws USAGE. */
export async function targetedWorkspace(
  cwd: string,
  target: string | undefined,
  { filter, jobs }: WorkspaceArguments,
): Promise<WorkspaceRoot | undefined> {
  if (jobs !== undefined && !(Number.isInteger(jobs) && jobs > 0)) {
    throw jobsInvalid();
  }
  const root =
    target === undefined || isFolder(target, cwd) ? await readWorkspaceRoot(resolve(cwd, target ?? '.')) : undefined;
  if (!root && filter !== undefined) {
    throw filterOutsideWorkspace();
  }
  return root;
}

/** Exports the plugins of `root` and reports. */
export async function exportWorkspaceCommand(
  root: WorkspaceRoot,
  { filter, jobs, force }: WorkspaceArguments,
  options: WorkspaceOptions,
  reporter: Reporter,
): Promise<void> {
  const started = performance.now();
  const outcomes = await exportWorkspace(root, {
    ...options,
    filter: filter === undefined ? [] : [filter].flat(),
    jobs,
    force,
    onDone: (outcome, done, total) => reporter.pluginDone(outcome, done, total),
  });
  reporter.exportedAll(outcomes, performance.now() - started);
}
