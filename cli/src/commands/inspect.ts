import type { CommandModule, Options } from 'yargs';
import type { Reporter } from '../report/reporter';
import { bundleArgument, jsonOption } from './commonOptions';
import { interruptible } from './interrupt';

interface InspectArguments {
  bundle: string;
}

const DESCRIPTION = `Print the properties of a bundle without running it.

Its identity, its requirements of a host, the routes it opens, its size by package, its signatures,
and its bill of materials.`;

/** Every option, in the order of `--help`. */
export const inspectOptions = { json: jsonOption } as const satisfies Record<string, Options>;

/** `stagedoor inspect <bundle>`. */
export function inspectCommand(reporter: Reporter): CommandModule<object, InspectArguments> {
  return {
    command: 'inspect <bundle>',
    describe: DESCRIPTION,
    builder: (yargs) => yargs.positional('bundle', bundleArgument).options(inspectOptions),
    handler: async ({ bundle }) => {
      const { inspectBundle } = await import('../inspect/inspectBundle');
      const { inspectionLines } = await import('../report/inspection');
      await interruptible(async (signal) => {
        const inspection = await inspectBundle(bundle, { cwd: process.cwd(), signal });
        reporter.told(inspectionLines(inspection), inspection);
      });
    },
  };
}
