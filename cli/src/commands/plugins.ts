import type { Argv, CommandModule, Options } from 'yargs';
import type { Reporter } from '../report/reporter';
import type { PortalPlugin } from '../portal/answers';
import type { Action, PortalClient } from '../portal/portalClient';
import { timeoutInvalid } from './errors';
import { historyCommand, logsCommand } from './pluginLogs';
import { nameArgument, portalOptions, withPortal, type PortalArguments } from './portalOptions';

interface NamesArguments extends PortalArguments {
  names: string[];
}

interface BundlesArguments extends PortalArguments {
  bundles: string[];
}

interface WaitArguments extends NamesArguments {
  state: string;
  version?: string;
  timeout: number;
}

const DESCRIPTION = `List, upload and operate the plugins of a running portal.

The portal is given by --portal or STAGEDOOR_PORTAL. The token of a user or service is read from
STAGEDOOR_TOKEN, --token-file or standard input, never from an argument.`;

const ACTIONS: Record<Action, { describe: string; done: string }> = {
  enable: { describe: 'Put plugins back into service', done: 'enabled' },
  disable: { describe: 'Take plugins out of service until they are enabled', done: 'disabled' },
  reload: { describe: 'Start plugins again, from their drops if those have changed', done: 'reloaded' },
  rollback: { describe: 'Return plugins to the previous build until their drops change', done: 'rolled back' },
};

/** Actions that do not take names of plugins. */
const WITHOUT_NAMES = new Set(['list', 'upload']);

/** What follows `plugins`. */
export const PLUGIN_ACTIONS = ['list', 'show', 'logs', 'history', 'upload', 'wait', ...Object.keys(ACTIONS), 'remove'];

/** Those that are followed by names of plugins. */
export const NAMED_ACTIONS = PLUGIN_ACTIONS.filter((action) => !WITHOUT_NAMES.has(action));

/** Options of `wait` alone. */
const waitOptions = {
  state: { type: 'string', default: 'running', requiresArg: true, describe: 'State to wait for' },
  version: { type: 'string', requiresArg: true, describe: 'Version that has to be in that state' },
  timeout: { type: 'number', default: 120, requiresArg: true, describe: 'Seconds to wait at most' },
} as const satisfies Record<string, Options>;

/** `stagedoor plugins <action>`. */
export function pluginsCommand(reporter: Reporter): CommandModule {
  return {
    command: 'plugins',
    describe: DESCRIPTION,
    builder: (yargs) => {
      const commands = (yargs.options(portalOptions) as unknown as Argv<PortalArguments>)
        .command(listCommand(reporter))
        .command(showCommand(reporter))
        .command(logsCommand(reporter))
        .command(historyCommand(reporter))
        .command(uploadCommand(reporter))
        .command(waitCommand(reporter));
      return (Object.keys(ACTIONS) as Action[])
        .reduce((all, action) => all.command(actionCommand(action, reporter)), commands)
        .command(removeCommand(reporter))
        .demandCommand(1, 'Name an action.')
        .example([
          ['$0 plugins list --portal https://portal.example.com', 'every plugin with its state'],
          ['$0 plugins logs my-plugin-dynamic -f', 'its log, line by line as it is written'],
          ['$0 plugins upload ./dist-dynamic', 'export it with --pack, or give the folder'],
          ['$0 plugins wait my-plugin-dynamic --version 2.0.0', 'in a pipeline: until that version runs'],
        ]);
    },
    handler: () => {},
  };
}

function listCommand(reporter: Reporter): CommandModule<PortalArguments, PortalArguments> {
  return {
    command: ['list', 'ls'],
    describe: 'List the plugins with their states',
    handler: async (args) => {
      const { listLines } = await import('../report/plugins');
      await withPortal(args, reporter, async (client) => {
        const list = await client.plugins();
        reporter.told(listLines(list), list);
      });
    },
  };
}

function showCommand(reporter: Reporter): CommandModule<PortalArguments, PortalArguments & { name: string }> {
  return {
    command: 'show <name>',
    describe: 'Show a plugin: versions, state with its reason, opened paths',
    builder: (yargs) => yargs.positional('name', nameArgument),
    handler: async ({ name, ...args }) => {
      const { pluginLines } = await import('../report/plugins');
      await withPortal(args, reporter, async (client) => {
        const plugin = await client.plugin(name);
        reporter.told(pluginLines(plugin), plugin);
      });
    },
  };
}

function uploadCommand(reporter: Reporter): CommandModule<PortalArguments, BundlesArguments> {
  return {
    command: 'upload <bundles..>',
    describe: 'Upload bundles, and wait until they run',
    builder: (yargs) =>
      yargs.positional('bundles', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'Bundle folders or .tgz files',
      }),
    handler: async ({ bundles, ...args }) => {
      const { uploadBundle } = await import('../portal/uploadBundle');
      await eachOf(bundles, args, reporter, 'uploaded', (client, bundle, signal) =>
        uploadBundle(client, bundle, { cwd: process.cwd(), signal }),
      );
    },
  };
}

function actionCommand(action: Action, reporter: Reporter): CommandModule<PortalArguments, NamesArguments> {
  const { describe, done } = ACTIONS[action];
  return {
    command: `${action} <names..>`,
    describe,
    builder: withNames,
    handler: async ({ names, ...args }) => {
      await eachOf(names, args, reporter, done, (client, name) => client.change(action, name));
    },
  };
}

function removeCommand(reporter: Reporter): CommandModule<PortalArguments, NamesArguments> {
  return {
    command: 'remove <names..>',
    describe: 'Delete plugins that were uploaded',
    builder: withNames,
    handler: async ({ names, ...args }) => {
      await eachOf(names, args, reporter, 'removed', async (client, name) => {
        await client.remove(name);
        return { name };
      });
    },
  };
}

function waitCommand(reporter: Reporter): CommandModule<PortalArguments, WaitArguments> {
  return {
    command: 'wait <names..>',
    describe: 'Wait until plugins are in a state; fails if they cannot reach it',
    // --version is that of the plugin here.
    builder: (yargs) => withNames(yargs).version(false).options(waitOptions),
    handler: async ({ names, state, version, timeout, ...args }) => {
      if (!(timeout > 0)) throw timeoutInvalid();
      const { waitForState } = await import('../portal/waitForState');
      await eachOf(names, args, reporter, state, (client, name, signal) => {
        const onState = (seen: string): void => reporter.progress(`${name} is ${seen}`);
        return waitForState(client, { name, state, version, timeoutMs: timeout * 1000 }, { signal, onState });
      });
    },
  };
}

function withNames(yargs: Argv<PortalArguments>): Argv<NamesArguments> {
  return yargs.positional('names', {
    type: 'string',
    array: true,
    demandOption: true,
    describe: 'Names of the packages',
  });
}

/** Does one thing with each of several, in their order, until one fails; what was done so far has been told by then. */
async function eachOf(
  targets: readonly string[],
  args: PortalArguments,
  reporter: Reporter,
  done: string,
  act: (client: PortalClient, target: string, signal: AbortSignal) => Promise<PortalPlugin | { name: string }>,
): Promise<void> {
  const { changeLine } = await import('../report/plugins');
  await withPortal(args, reporter, async (client, signal) => {
    const plugins: object[] = [];
    for (const target of targets) {
      const plugin = await act(client, target, signal);
      reporter.progress(changeLine(plugin, done));
      plugins.push(plugin);
    }
    reporter.done([], { plugins });
  });
}
