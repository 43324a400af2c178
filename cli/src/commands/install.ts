import { resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { CommandModule, Options } from 'yargs';
import type { Reporter } from '../report/reporter';
import { jsonOption } from './commonOptions';
import { signatureNeedsKey } from './errors';
import { interruptible } from './interrupt';
import { once } from './keyOptions';
import { userLayerCache } from './layerCache';
import { listOptions, type ListArguments } from './listOptions';
import { registryOptions, trustOf, type RegistryArguments } from './registryOptions';

interface InstallArguments extends RegistryArguments, ListArguments {
  root?: string;
  offline?: string;
  dryRun?: boolean;
  requireSignature?: boolean;
  key?: string | string[];
}

const DESCRIPTION = `Install the plugins that dynamic-plugins.yaml lists.

Fetches and verifies the enabled plugins and puts them into <root>, the root directory of a portal.
Removes plugins that are no longer listed; files not managed by install are kept. A running portal
applies the change. The list has the format of RHDH's installer. Nothing changes until everything is
fetched and checked.`;

const EXAMPLES: Array<[string, string]> = [
  ['$0 install', 'the plugins of ./dynamic-plugins.yaml, to ./dynamic-plugins-root'],
  ['$0 install --dry-run', 'shows what that would add, change and remove'],
  ['$0 install --frozen /plugins', 'exactly the versions of dynamic-plugins.lock, to /plugins'],
  ['$0 install --offline mirror.tgz --frozen', 'the same without a network'],
];

/** Every option, in the order of `--help`. */
export const installOptions = {
  ...listOptions,
  offline: {
    type: 'string',
    requiresArg: true,
    describe: 'Install from this folder or archive of `stagedoor mirror`, without a network',
  },
  'dry-run': { type: 'boolean', default: false, describe: 'Show what would change, without changing it' },
  'require-signature': {
    type: 'boolean',
    default: false,
    describe: 'Fail for every plugin that is not signed with one of the keys of --key',
  },
  key: { type: 'string', requiresArg: true, describe: 'Public key file to trust; repeatable' },
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
        throw signatureNeedsKey();
      }
      const offline = once('offline', args.offline);
      keepHeapSmall();
      const { install } = await import('../install/install');
      const { installLines } = await import('../report/install');
      const { installProgress } = await import('../report/installProgress');
      const { openPublicKeys } = await import('../signing/keyFiles');
      const { rhdhSettingsOf } = await import('../install/rhdhSettings');
      const { withSources } = await import('../sources/sources');
      const cwd = process.cwd();
      await interruptible(async (signal) => {
        const trusted = keys.length > 0 ? await openPublicKeys(keys, cwd) : undefined;
        const result = await withSources(
          offline && resolve(cwd, offline),
          (sources, catalogs) =>
            install({
              cwd,
              config,
              root: args.root ?? 'dynamic-plugins-root',
              sources,
              catalogs,
              dryRun: args.dryRun,
              frozen: args.frozen,
              rhdh: rhdhSettingsOf(process.env),
              ...trustOf(args, cwd),
              ...(trusted && { trusted }),
              signal,
              onProgress: installProgress((line) => reporter.progress(line)),
            }),
          await userLayerCache(),
        );
        reporter.done(installLines(result), result);
      });
    },
  };
}

/**
 * Makes V8 keep its heap small from now on, at the cost of more collections: init containers have little memory, and the
 * garbage of downloads would otherwise be collected late. Call it before anything large is imported.
 */
function keepHeapSmall(): void {
  for (const flag of ['--optimize-for-size', '--min-semi-space-size=1', '--max-semi-space-size=1'])
    setFlagsFromString(flag);
}
