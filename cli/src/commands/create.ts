import type { CommandModule, Options } from 'yargs';
import type { Answers } from '../create/ask';
import { KINDS, type Kind } from '../create/options';
import { PACKAGE_MANAGERS, type PackageManager } from '../create/packageManager';
import type { Reporter } from '../report/reporter';
import { jsonOption } from './commonOptions';
import { noTerminal } from './errors';
import { interruptible } from './interrupt';
import { once } from './keyOptions';

interface CreateArguments {
  folder?: string;
  kind?: string;
  id?: string;
  module?: string;
  name?: string;
  packageManager?: string;
  cli?: string;
}

const DESCRIPTION = `Make a new plugin package, or a frontend with its backend.

With tests, config schema, README and scripts that check, run and export it. Prompts for what it
needs to know; with --id it does not prompt. In a workspace (npm, Yarn or pnpm) the package becomes
a member, with the dependency versions of the other members. Nothing is overwritten.`;

const EXAMPLES: Array<[string, string]> = [
  ['$0 create', 'asks'],
  ['$0 create --id todo', 'a backend plugin, in ./todo-backend or in the surrounding workspace'],
  ['$0 create --kind pair --id todo', 'a frontend plugin and the backend plugin that it calls'],
  ['$0 create --kind backend-module --id catalog --module ldap', 'a module for the catalog'],
];

/** Every option, in the order of `--help`. */
export const createOptions = {
  kind: { type: 'string', requiresArg: true, choices: KINDS, describe: 'What to create; default: backend-plugin' },
  id: {
    type: 'string',
    requiresArg: true,
    describe: 'Id of the plugin; for a module, the id of the plugin that it extends',
  },
  module: { type: 'string', requiresArg: true, describe: 'Id of the module' },
  name: {
    type: 'string',
    requiresArg: true,
    describe: 'Name of the package; by default derived from the ids; not for a pair',
  },
  'package-manager': {
    type: 'string',
    requiresArg: true,
    choices: PACKAGE_MANAGERS,
    describe: 'Package manager; by default that of the workspace, or the one that runs this command',
  },
  cli: {
    type: 'string',
    requiresArg: true,
    describe: 'Version or range of @stagedoor/cli in package.json; by default this release',
  },
  json: jsonOption,
} as const satisfies Record<string, Options>;

/** `stagedoor create [folder]`. */
export function createCommand(reporter: Reporter): CommandModule<object, CreateArguments> {
  return {
    command: 'create [folder]',
    describe: DESCRIPTION,
    builder: (yargs) =>
      yargs
        .positional('folder', {
          type: 'string',
          describe: 'Folder to create; must be new or empty. For a pair in a workspace: the parent folder of both',
        })
        .options(createOptions)
        .example(EXAMPLES),
    handler: async (args) => {
      const said = {
        cwd: process.cwd(),
        folder: args.folder,
        kind: once('kind', args.kind) as Kind | undefined,
        id: once('id', args.id),
        module: once('module', args.module),
        name: once('name', args.name),
        packageManager: once('package-manager', args.packageManager) as PackageManager | undefined,
        cli: once('cli', args.cli),
      };
      const { createPackage } = await import('../create/create');
      const { createdLines } = await import('../report/create');
      await interruptible(async (signal) => {
        const answers = said.id === undefined ? await asked(said, signal) : complete(said, said.id);
        reporter.busy('create: looking up the versions of the dependencies');
        const created = await createPackage(answers);
        reporter.done(createdLines(created, process.cwd()), created);
      });
    },
  };

  async function asked(said: Answers, signal: AbortSignal) {
    if (!process.stdin.isTTY) {
      throw noTerminal();
    }
    const { ask } = await import('../create/ask');
    return await ask(said, signal);
  }

  function complete<T extends { kind?: Kind }>(said: T, id: string) {
    return { ...said, id, kind: said.kind ?? 'backend-plugin' };
  }
}
