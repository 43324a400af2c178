// The Backstage CLI module. `backstage-cli` loads it for every command it runs, so it imports nothing of the commands.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createCliModule, type CliModule } from '@backstage/cli-node';
import { name } from '../package.json';
import type * as CommandLine from './main';

/** Command → its line in the help of `backstage-cli stagedoor`: the first line of its own help. */
const COMMANDS = {
  completion: 'Print a script that completes commands in bash, zsh or fish.',
  create: 'Make a new plugin package, or a frontend with its backend.',
  dev: 'Run plugins in a portal during development.',
  doctor: 'Find problems of a plugin package or a portal.',
  export: 'Export a plugin as a dynamic bundle.',
  inspect: 'Print the properties of a bundle without running it.',
  install: 'Install the plugins that dynamic-plugins.yaml lists.',
  keygen: 'Create an Ed25519 key pair for signing bundles.',
  mirror: 'Save the packages of dynamic-plugins.yaml for offline installs.',
  plugins: 'List, upload and operate the plugins of a running portal.',
  pull: 'Fetch bundles from an image in a container registry.',
  push: 'Push bundles to a container registry as one image.',
  sign: 'Sign a bundle folder or archive.',
  verify: 'Check a bundle against its manifest, and its signatures.',
};

/** `backstage-cli stagedoor <command>`: every command of `stagedoor`. */
export const stagedoorCliModule: CliModule = createCliModule({
  packageJson: { name },
  init: async (registry) => {
    for (const [command, description] of Object.entries(COMMANDS)) {
      registry.addCommand({
        path: ['stagedoor', command],
        description,
        execute: async ({ args, info }) => {
          const { main } = await loadCommandLine();
          await main([command, ...args], { scriptName: info.usage.slice(0, -` ${command}`.length) });
          // The error is reported, with its hint; backstage-cli would exit with 0.
          if (process.exitCode) process.exit(process.exitCode);
        },
      });
    }
  },
});

export default stagedoorCliModule;

/** From a file of its own: a constant specifier would be bundled into this one. */
async function loadCommandLine(): Promise<typeof CommandLine> {
  return (await import(pathToFileURL(join(__dirname, 'main.cjs.js')).href)) as typeof CommandLine;
}
