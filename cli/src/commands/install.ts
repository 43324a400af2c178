import { StagedoorError } from '@stagedoor/bundle';
import type { CommandModule, Options } from 'yargs';
import type { Reporter } from '../report/reporter';
import { jsonOption } from './commonOptions';
import { interruptible } from './interrupt';
import { once } from './keyOptions';
import { registryOptions, trustOf, type RegistryArguments } from './registryOptions';

interface InstallArguments extends RegistryArguments {
  root?: string;
  config: string;
  frozen: boolean;
  dryRun?: boolean;
  requireSignature?: boolean;
  key?: string | string[];
}

const DESCRIPTION = `Install the plugins that dynamic-plugins.yaml lists.

Fetches what is enabled, verifies it, and makes <root>, the root directory of a portal, hold exactly
that; drops that others put there stay. A running portal takes the change up. The list has the format
of RHDH's installer. Nothing changes before everything is fetched and checked.`;

const EXAMPLES: Array<[string, string]> = [
  ['$0 install', 'the plugins of ./dynamic-plugins.yaml, to ./dynamic-plugins-root'],
  ['$0 install --dry-run', 'what that would add, change and remove'],
  ['$0 install --frozen /plugins', 'only what dynamic-plugins.lock says, to /plugins'],
];

/** Every option, in the order of `--help`. */
export const installOptions = {
  config: {
    type: 'string',
    requiresArg: true,
    default: 'dynamic-plugins.yaml',
    describe: 'The list of plugins; dynamic-plugins.lock is written beside it',
  },
  frozen: {
    type: 'boolean',
    default: false,
    describe: 'Fail where anything differs from dynamic-plugins.lock, and do not write it',
  },
  'dry-run': { type: 'boolean', default: false, describe: 'Only say what would be done' },
  'require-signature': {
    type: 'boolean',
    default: false,
    describe: 'Fail for every plugin that none of the keys given with --key has signed',
  },
  key: { type: 'string', requiresArg: true, describe: 'Public key file to trust; may be given more than once' },
  ...registryOptions,
  json: jsonOption,
} as const satisfies Record<string, Options>;

/** `stagedoor install [root]`. */
export function installCommand(reporter: Reporter): CommandModule<object, InstallArguments> {
  return {
    command: 'install [root]',
    describe: DESCRIPTION,
    builder: (yargs) =>
      yargs
        .positional('root', {
          type: 'string',
          default: 'dynamic-plugins-root',
          describe: 'The root directory of a portal',
        })
        .options(installOptions)
        .example(EXAMPLES),
    handler: async (args) => {
      const config = once('config', args.config);
      const keys = [args.key ?? []].flat();
      if ((args.requireSignature === true) !== keys.length > 0) {
        throw new StagedoorError('USAGE', '--require-signature and --key are given together.');
      }
      const { install } = await import('../install/install');
      const { installLines } = await import('../report/install');
      const { installProgress } = await import('../report/installProgress');
      const { openPublicKeys } = await import('../signing/keyFiles');
      const { createSources } = await import('../sources/sources');
      const cwd = process.cwd();
      await interruptible(async (signal) => {
        const result = await install({
          cwd,
          config,
          root: args.root ?? 'dynamic-plugins-root',
          sources: createSources(),
          dryRun: args.dryRun,
          frozen: args.frozen,
          ...trustOf(args, cwd),
          ...(keys.length > 0 && { trusted: await openPublicKeys(keys, cwd) }),
          signal,
          onProgress: installProgress((line) => reporter.progress(line)),
        });
        reporter.done(installLines(result), result);
      });
    },
  };
}
