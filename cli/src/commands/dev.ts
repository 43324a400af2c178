import type { CommandModule, Options } from 'yargs';
import type { Reporter } from '../report/reporter';
import { jsonOption } from './commonOptions';
import { interruptible } from './interrupt';
import { once } from './keyOptions';

interface DevArguments {
  packages?: string[];
  portal: string;
}

const DESCRIPTION = `Run plugins in a portal during development.

Exports them into the root directory of a running portal, and again on every save: the portal swaps
the new build in. A failed build is reported with file and line, and the last good build keeps
running. Source maps lead stack traces and breakpoints to the source. Ctrl-C stops; plugins stay.`;

const EXAMPLES: Array<[string, string]> = [
  ['$0 dev --portal /plugins', 'the plugin in this folder, or all of this workspace'],
  ['$0 dev ./todo ./mail --portal /plugins', 'these two'],
];

/** Every option, in the order of `--help`. */
export const devOptions = {
  portal: {
    type: 'string',
    requiresArg: true,
    demandOption: true,
    describe: 'Root directory of the portal: dynamicPlugins.rootDirectory in its app-config',
  },
  json: jsonOption,
} as const satisfies Record<string, Options>;

/** `stagedoor dev [packages...]`. */
export function devCommand(reporter: Reporter): CommandModule<object, DevArguments> {
  return {
    command: 'dev [packages...]',
    describe: DESCRIPTION,
    builder: (yargs) =>
      yargs
        .positional('packages', { type: 'string', array: true, describe: 'Folders of plugin packages' })
        .options(devOptions)
        .example(EXAMPLES),
    handler: async (args) => {
      const portal = once('portal', args.portal);
      const { develop } = await import('../dev/develop');
      const { reportDevEvent } = await import('../report/dev');
      const onEvent = reportDevEvent(reporter);
      await interruptible((signal) =>
        develop({ cwd: process.cwd(), packages: args.packages ?? [], portal, signal, onEvent }),
      );
    },
  };
}
