import type { CommandModule, Options } from 'yargs';
import type { Reporter } from '../report/reporter';
import { jsonOption } from './commonOptions';
import { pushNeedsBundles } from './errors';
import { interruptible } from './interrupt';
import { registryOptions, trustOf, type RegistryArguments } from './registryOptions';

interface PushArguments extends RegistryArguments {
  bundles: string[];
  tag?: string[];
}

const DESCRIPTION = `Push bundles to a container registry as one image.

The last argument is the image, oci://host/repository:tag; the others are the bundles. Equal
bundles give an image with an equal digest, and content that the registry has is not sent again.
Uses the credentials of docker or podman, or those in the file of REGISTRY_AUTH_FILE.`;

const EXAMPLES: Array<[string, string]> = [
  ['$0 push ./dist-dynamic oci://quay.io/acme/todo:1.2.0', 'one bundle'],
  ['$0 push bundles/* oci://quay.io/acme/plugins:1 --tag latest', 'many in one image, with two tags'],
];

/** Every option, in the order of `--help`. */
export const pushOptions = {
  tag: { type: 'string', array: true, requiresArg: true, describe: 'Additional tag for the image; repeatable' },
  ...registryOptions,
  json: jsonOption,
} as const satisfies Record<string, Options>;

/** `stagedoor push <bundle…> oci://…`. */
export function pushCommand(reporter: Reporter): CommandModule<object, PushArguments> {
  return {
    command: 'push <bundles..>',
    describe: DESCRIPTION,
    builder: (yargs) =>
      yargs
        .positional('bundles', {
          type: 'string',
          array: true,
          demandOption: true,
          describe: 'Bundle folders, .tgz files or http(s) addresses, then oci://host/repository:tag',
        })
        .options(pushOptions)
        .example(EXAMPLES),
    handler: async (args) => {
      const bundles = args.bundles.slice(0, -1);
      const image = args.bundles.at(-1)!;
      if (bundles.length === 0) {
        throw pushNeedsBundles();
      }
      const { pushImage } = await import('../oci/pushImage');
      const { bytesProgress } = await import('../report/bytesProgress');
      const { pushedLines } = await import('../report/images');
      await interruptible(async (signal) => {
        const cwd = process.cwd();
        const onBytes = bytesProgress((line) => reporter.progress(line));
        const options = { cwd, bundles, image, tags: args.tag, signal, onBytes, ...trustOf(args, cwd) };
        const pushed = await pushImage(options);
        reporter.done(pushedLines(pushed), pushed);
      });
    },
  };
}
