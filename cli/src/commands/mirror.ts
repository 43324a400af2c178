import type { CommandModule, Options } from 'yargs';
import type { Reporter } from '../report/reporter';
import { jsonOption } from './commonOptions';
import { interruptible } from './interrupt';
import { once } from './keyOptions';
import { userLayerCache } from './layerCache';
import { listOptions, type ListArguments } from './listOptions';
import { registryOptions, trustOf, type RegistryArguments } from './registryOptions';

interface MirrorArguments extends RegistryArguments, ListArguments {
  out: string;
}

const DESCRIPTION = `Save the packages of dynamic-plugins.yaml for offline installs.

<out> becomes a folder, or an archive if it ends in .tar, .tgz or .tar.gz. Copy it, the list and
dynamic-plugins.lock to the host, and run \`stagedoor install --offline <out> --frozen\` there.`;

/** Every option, in the order of `--help`. */
export const mirrorOptions = {
  ...listOptions,
  ...registryOptions,
  json: jsonOption,
} as const satisfies Record<string, Options>;

/** `stagedoor mirror <out>`. */
export function mirrorCommand(reporter: Reporter): CommandModule<object, MirrorArguments> {
  return {
    command: 'mirror <out>',
    describe: DESCRIPTION,
    builder: (yargs) =>
      yargs
        .positional('out', { type: 'string', demandOption: true, describe: 'Folder or archive to write' })
        .options(mirrorOptions)
        .example([['$0 mirror mirror.tgz', 'the packages of ./dynamic-plugins.yaml, in one file']]),
    handler: async ({ out, frozen, ...args }) => {
      const config = once('config', args.config);
      const { mirror } = await import('../install/mirror/mirror');
      const { installProgress } = await import('../report/installProgress');
      const { mirrorLines } = await import('../report/install');
      const { rhdhSettingsOf } = await import('../install/rhdhSettings');
      const { catalogImages } = await import('../sources/oci/catalogImages');
      const { createSources } = await import('../sources/sources');
      const cwd = process.cwd();
      await interruptible(async (signal) => {
        const onProgress = installProgress((line) => reporter.progress(line));
        const sources = createSources(await userLayerCache());
        const rhdh = rhdhSettingsOf(process.env);
        const trust = trustOf(args, cwd);
        const result = await mirror({
          cwd,
          config,
          out,
          frozen,
          sources,
          catalogs: catalogImages(),
          rhdh,
          signal,
          onProgress,
          ...trust,
        });
        reporter.done(mirrorLines(result), result);
      });
    },
  };
}
