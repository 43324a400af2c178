import type { CommandModule, Options } from 'yargs';
import { tailInvalid } from './errors';
import { nameArgument, withPortal, type PortalArguments } from './portalOptions';
import type { Reporter } from '../report/reporter';

interface NameArguments extends PortalArguments {
  name: string;
}

interface LogsArguments extends NameArguments {
  follow: boolean;
  tail: number;
  level?: string;
  search?: string;
  version?: string;
}

const logsOptions = {
  follow: { alias: 'f', type: 'boolean', default: false, describe: 'Print new lines until Ctrl-C' },
  tail: { type: 'number', default: 200, requiresArg: true, describe: 'How many of the latest lines, at most 2000' },
  level: {
    choices: ['error', 'warn', 'info', 'debug'],
    requiresArg: true,
    describe: 'Only lines of this level and more severe ones',
  },
  search: { type: 'string', requiresArg: true, describe: 'Only lines that contain this text' },
  version: { type: 'string', requiresArg: true, describe: 'Only lines of this version' },
} as const satisfies Record<string, Options>;

/** `stagedoor plugins logs <name>`. */
export function logsCommand(reporter: Reporter): CommandModule<PortalArguments, LogsArguments> {
  return {
    command: 'logs <name>',
    describe: 'Print the log of a plugin: its own lines, its starts and crashes',
    // --version is that of the plugin here.
    builder: (yargs) => yargs.version(false).positional('name', nameArgument).options(logsOptions),
    handler: async ({ name, follow, tail, level, search, version, ...args }) => {
      if (!Number.isInteger(tail) || tail < 0) throw tailInvalid();
      const { logLines } = await import('../report/pluginLogs');
      const { followLog } = await import('../portal/followLog');
      const wanted = { tail, level, search, version };
      await withPortal(args, reporter, async (client, signal) => {
        if (!follow) {
          const log = await client.logs(name, wanted);
          return reporter.told(logLines(log.lines), log);
        }
        // With --json: one object for each line.
        for await (const line of followLog(client, name, wanted, signal)) reporter.told(logLines([line]), line);
      });
    },
  };
}

/** `stagedoor plugins history <name>`. */
export function historyCommand(reporter: Reporter): CommandModule<PortalArguments, NameArguments> {
  return {
    command: 'history <name>',
    describe: 'Print what happened to a plugin: by whom, when, with which outcome',
    builder: (yargs) => yargs.positional('name', nameArgument),
    handler: async ({ name, ...args }) => {
      const { historyLines } = await import('../report/pluginLogs');
      await withPortal(args, reporter, async (client) => {
        const history = await client.history(name);
        reporter.told(historyLines(history.items), history);
      });
    },
  };
}
