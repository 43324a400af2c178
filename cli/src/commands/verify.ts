import type { CommandModule, Options } from 'yargs';
import type { Reporter } from '../report/reporter';
import { bundleArgument, jsonOption } from './commonOptions';
import { interruptible } from './interrupt';

interface VerifyArguments {
  bundle: string;
  key?: string | string[];
}

const DESCRIPTION = `Check a bundle against its manifest, and its signatures.

Missing, changed and additional files are errors. With --key, one of the given keys must have signed.`;

/** Every option, in the order of `--help`. */
export const verifyOptions = {
  key: {
    type: 'string',
    requiresArg: true,
    describe: 'Public key file of `stagedoor keygen` to trust; repeatable',
  },
  json: jsonOption,
} as const satisfies Record<string, Options>;

/** `stagedoor verify <bundle>`. */
export function verifyCommand(reporter: Reporter): CommandModule<object, VerifyArguments> {
  return {
    command: 'verify <bundle>',
    describe: DESCRIPTION,
    builder: (yargs) => yargs.positional('bundle', bundleArgument).options(verifyOptions),
    handler: async ({ bundle, key }) => {
      const { openPublicKeys } = await import('../signing/keyFiles');
      const { verifyTarget } = await import('../signing/verifyTarget');
      const { checkedLines } = await import('../report/signing');
      await interruptible(async (signal) => {
        const cwd = process.cwd();
        const trusted = await openPublicKeys([key ?? []].flat(), cwd);
        const checked = await verifyTarget(bundle, trusted, { cwd, signal });
        reporter.done(checkedLines(checked), checked);
      });
    },
  };
}
