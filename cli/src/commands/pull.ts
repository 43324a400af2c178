import type { CommandModule, Options } from 'yargs';
import type { Reporter } from '../report/reporter';
import { jsonOption } from './commonOptions';
import { interruptible } from './interrupt';
import { once } from './keyOptions';
import { userLayerCache } from './layerCache';
import { registryOptions, trustOf, type RegistryArguments } from './registryOptions';

interface PullArguments extends RegistryArguments {
  image: string;
  out: string;
}

const DESCRIPTION = `Fetch bundles from an image in a container registry.

<image> is oci://host/repository:tag or oci://host/repository@sha256:…, with !path for one plugin
of several; otherwise all are fetched. Each becomes a folder in --out.`;

/** Every option, in the order of `--help`. */
export const pullOptions = {
  out: { type: 'string', default: '.', requiresArg: true, describe: 'Parent folder for one folder per plugin' },
  ...registryOptions,
  json: jsonOption,
} as const satisfies Record<string, Options>;

/** `stagedoor pull <image>`. */
export function pullCommand(reporter: Reporter): CommandModule<object, PullArguments> {
  return {
    command: 'pull <image>',
    describe: DESCRIPTION,
    builder: (yargs) =>
      yargs
        .positional('image', { type: 'string', demandOption: true, describe: 'oci://host/repository:tag[!path]' })
        .options(pullOptions),
    handler: async (args) => {
      const out = once('out', args.out);
      const { pullImage } = await import('../oci/pullImage');
      const { bytesProgress } = await import('../report/bytesProgress');
      const { pulledLines } = await import('../report/images');
      await interruptible(async (signal) => {
        const cwd = process.cwd();
        const onBytes = bytesProgress((line) => reporter.progress(line));
        const cache = await userLayerCache();
        const pulled = await pullImage({ cwd, image: args.image, out, cache, signal, onBytes, ...trustOf(args, cwd) });
        reporter.done(pulledLines(pulled), pulled);
      });
    },
  };
}
