import type { CommandModule, Options } from 'yargs';
import { exportPlugin } from '../export/exportPlugin';
import type { ExportOptions } from '../export/plan/options';
import type { Reporter } from '../report/reporter';
import { jsonOption } from './commonOptions';
import { decisionOptions, decisionsOf, type DecisionArguments } from './decisionOptions';
import { interruptible } from './interrupt';
import { rhdhExportNotes, rhdhExportOptions } from './rhdhExportOptions';
import {
  exportWorkspaceCommand,
  targetedWorkspace,
  workspaceOptions,
  type WorkspaceArguments,
} from './workspaceExport';

interface ExportArguments extends WorkspaceArguments, DecisionArguments {
  package?: string;
  out?: string;
  pack: boolean;
  'start-check': boolean;
  /** Deprecated form of `start-check`. */
  verify?: boolean;
  json: boolean;
}

const DESCRIPTION = `Export a plugin as a dynamic bundle.

Without <package>: the package in this folder, written to ./dist-dynamic.
With a path (./folder): that package, written to its dist-dynamic.
At the root of a workspace: every plugin in it, each written to its own dist-dynamic.
With a name (@scope/name[@range]): the installed package, or else the one in the npm registry,
written to ./<scope>-<name>-dynamic.`;

const EXAMPLES: Array<[string, string]> = [
  ['$0 export', 'the plugin in this folder'],
  ['$0 export ./plugins/todo-backend --pack', 'a folder and an archive of that plugin'],
  ['$0 export @backstage/plugin-notifications-backend@^0.6', 'a published plugin'],
];

/** Every option, in the order of `--help`. */
export const exportOptions = {
  out: { type: 'string', requiresArg: true, describe: 'Folder to write the bundle to' },
  pack: { type: 'boolean', default: false, describe: 'Also write <name>-<version>.tgz beside the bundle' },
  'start-check': {
    type: 'boolean',
    default: true,
    describe: 'Start the bundle on a test host before writing it; --no-start-check is recorded in the manifest',
  },
  ...decisionOptions,
  ...workspaceOptions,
  json: jsonOption,
} as const satisfies Record<string, Options>;

/** `stagedoor export [package]`. */
export function exportCommand(reporter: Reporter): CommandModule<object, ExportArguments> {
  return {
    command: 'export [package]',
    describe: DESCRIPTION,
    builder: (yargs) =>
      yargs
        .positional('package', { type: 'string', describe: 'Path or name of the package' })
        // The others are accepted by name alone.
        .options({ ...rhdhExportOptions, ...exportOptions } as typeof exportOptions)
        .option('verify', { type: 'boolean', hidden: true })
        .example(EXAMPLES),
    handler: async (args) => {
      for (const note of rhdhExportNotes({ ...args })) reporter.progress(note);
      const cwd = process.cwd();
      const workspace = await targetedWorkspace(cwd, args.package, args);
      await interruptible(async (signal) => {
        const decisions = await decisionsOf(args, cwd, { workspace: workspace !== undefined, signal });
        const { out, pack, 'start-check': startCheck, verify } = args;
        if (verify !== undefined) reporter.progress('warning: --no-verify is deprecated; use --no-start-check.');
        const options = { cwd, out, pack, startCheck: verify ?? startCheck, signal, ...decisions };
        if (workspace) return await exportWorkspaceCommand(workspace, args, options, reporter);
        const onStep: ExportOptions['onStep'] = (step, detail) => reporter.step(step, detail);
        reporter.exported(await exportPlugin({ ...options, target: args.package, onStep }));
      });
    },
  };
}
