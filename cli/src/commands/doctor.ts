import type { CommandModule, Options } from 'yargs';
import type { Reporter } from '../report/reporter';
import { jsonOption } from './commonOptions';
import { hostOf, hostOptions, type HostArguments } from './hostOptions';
import { interruptible } from './interrupt';

interface DoctorArguments extends HostArguments {
  folder?: string;
  config?: string | string[];
}

const DESCRIPTION = `Find problems of a plugin package or a portal.

Each finding has a hint. For a package, exports it without output for the portal of --host; for a
portal, checks config, folders, keys, policy and bundles. Nothing is changed. The exit code is 1
if something would not work.`;

const EXAMPLES: Array<[string, string]> = [
  ['$0 doctor', 'the plugin, or the portal, in this folder'],
  ['$0 doctor --host https://portal.example.com', 'checks this plugin against that portal'],
  ['$0 doctor portal', 'the portal whose app-config.yaml is in that folder'],
];

/** Every option, in the order of `--help`. */
export const doctorOptions = {
  ...hostOptions,
  config: {
    type: 'string',
    requiresArg: true,
    describe: 'Config file of the portal; repeatable; default: app-config.yaml and app-config.local.yaml',
  },
  json: jsonOption,
} as const satisfies Record<string, Options>;

/** `stagedoor doctor [folder]`. */
export function doctorCommand(reporter: Reporter): CommandModule<object, DoctorArguments> {
  return {
    command: 'doctor [folder]',
    describe: DESCRIPTION,
    builder: (yargs) =>
      yargs
        .positional('folder', { type: 'string', describe: 'Folder of a plugin package or of a portal' })
        .options(doctorOptions)
        .example(EXAMPLES),
    handler: async (args) => {
      const { diagnose } = await import('../doctor/diagnose');
      const { findingLines } = await import('../report/doctor');
      const cwd = process.cwd();
      await interruptible(async (signal) => {
        const host = await hostOf(args, cwd, signal);
        const config = [args.config ?? []].flat();
        reporter.busy('doctor: examining the folder');
        const diagnosis = await diagnose({ cwd, folder: args.folder, config, host, signal });
        const broken = diagnosis.findings.some(({ level }) => level === 'error');
        reporter.examined(findingLines(diagnosis), diagnosis, broken);
      });
    },
  };
}
