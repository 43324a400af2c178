import { version } from '../package.json';
import type { Argv, CommandModule, Options } from 'yargs';
import { COMPLETE, completionCommand, pluginNames } from './commands/completion';
import { jsonOption } from './commands/commonOptions';
import { createCommand, createOptions } from './commands/create';
import { devCommand, devOptions } from './commands/dev';
import { doctorCommand, doctorOptions } from './commands/doctor';
import { argumentsInvalid } from './commands/errors';
import { exportCommand, exportOptions } from './commands/export';
import { inspectCommand, inspectOptions } from './commands/inspect';
import { installCommand, installOptions } from './commands/install';
import { keygenCommand, keygenOptions } from './commands/keygen';
import { mirrorCommand, mirrorOptions } from './commands/mirror';
import { PLUGIN_ACTIONS, pluginsCommand } from './commands/plugins';
import { portalOptions } from './commands/portalOptions';
import { pullCommand, pullOptions } from './commands/pull';
import { pushCommand, pushOptions } from './commands/push';
import { signCommand, signOptions } from './commands/sign';
import { suggestionsFor } from './commands/suggestions';
import { verifyCommand, verifyOptions } from './commands/verify';
import { withUsualForms } from './commands/writtenForms';
import { startEsbuild } from './export/bundle/esbuild/startEsbuild';
import { Reporter } from './report/reporter';

const ABOUT = `Packages Backstage backend plugins into self-contained dynamic bundles.

A bundle is a folder, or a .tgz of it, with all the code that the plugin needs. Drop it into the
directory that a running portal watches to load the plugin without a rebuild or a restart.`;

/** The option with which yargs completes commands and options. */
const COMPLETE_BY_YARGS = '--get-yargs-completions';

/** Columns of help at most: longer lines are hard to read. */
const WIDEST = 100;

const EXAMPLES: Array<[string, string]> = [
  ['$0 export', 'in a plugin package: writes its bundle to ./dist-dynamic'],
  ['$0 export --pack', 'at a workspace root: bundles and archives of all plugins'],
  ['$0 inspect ./dist-dynamic', 'content, requirements and open routes of a bundle'],
];

const MORE = `See also README.md of @stagedoor/cli.
Every error has a hint; docs/errors.md lists them all.`;

/**
 * Runs the command line `argv` (without node and script), reports, and sets the exit code: 0, 1 for an error, 130 after
 * Ctrl-C. Help calls the program `scriptName`.
 */
export async function main(argv: readonly string[], { scriptName = 'stagedoor' } = {}): Promise<void> {
  const reporter = new Reporter(process, argv.includes('--json'));
  if (argv[0] === 'export' && !argv.includes('--help')) void startEsbuild();
  try {
    if (argv[0] === COMPLETE) await complete(argv.slice(1), reporter, scriptName);
    else await parse(withUsualForms(argv), reporter, scriptName);
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') {
      process.exitCode = 130;
      return;
    }
    reporter.failed(error);
    process.exitCode = 1;
  } finally {
    reporter.end();
  }
}

/** Prints what the last of `words` may become. */
async function complete(words: readonly string[], reporter: Reporter, scriptName: string): Promise<void> {
  const names = await pluginNames(words);
  if (!names) await parse([COMPLETE_BY_YARGS, ...words], reporter, scriptName);
  else for (const name of names) reporter.told([name], { name });
}

async function parse(argv: readonly string[], reporter: Reporter, scriptName: string): Promise<void> {
  const { default: yargs } = await import('yargs');
  const parser = yargs([...argv])
    .scriptName(scriptName)
    // The rest of the help is English too.
    .detectLocale(false)
    .usage(`$0 <command>\n\n${unwrapped(ABOUT)}`)
    .command(described(completionCommand(reporter)))
    .command(described(createCommand(reporter)))
    .command(described(devCommand(reporter)))
    .command(described(doctorCommand(reporter)))
    .command(described(exportCommand(reporter)))
    .command(described(inspectCommand(reporter)))
    .command(described(installCommand(reporter)))
    .command(described(keygenCommand(reporter)))
    .command(described(mirrorCommand(reporter)))
    .command(described(pluginsCommand(reporter)))
    .command(described(pullCommand(reporter)))
    .command(described(pushCommand(reporter)))
    .command(described(signCommand(reporter)))
    .command(described(verifyCommand(reporter)))
    .example(EXAMPLES)
    .epilogue(`\`$0 <command> --help\` explains a command. ${MORE}`)
    .demandCommand(1, 'Specify a command.')
    .strict()
    .version(version)
    .help()
    .alias('help', 'h')
    .wrap(Math.min(process.stdout.columns ?? WIDEST, WIDEST))
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? argumentsInvalid(message, usageHint(argv, scriptName));
    });
  await parser.parseAsync();
}

/** Shows the first line of a command's description in the list of commands, and all of it in the command's own help. */
function described<T>(command: CommandModule<object, T>): CommandModule<object, T> {
  const { builder, describe } = command;
  if (typeof builder !== 'function' || typeof describe !== 'string') return command;
  return {
    ...command,
    describe: describe.split('\n')[0],
    builder: (yargs) => (builder(yargs) as Argv<T>).usage(`$0 ${String(command.command)}\n\n${unwrapped(describe)}`),
  };
}

/** Text whose sentences may be as wide as the terminal: a line that does not end one continues in the next. */
function unwrapped(text: string): string {
  return text.replace(/(?<=[^.:\n])\n(?=[^\n])/g, ' ');
}

/** Arguments and options of each command. */
const commands: Record<string, { takes: string; options: Record<string, Options>; words?: readonly string[] }> = {
  completion: { takes: 'the name of a shell', options: { json: jsonOption } },
  create: { takes: 'one folder', options: createOptions },
  dev: { takes: 'package folders', options: devOptions },
  doctor: { takes: 'one folder', options: doctorOptions },
  export: { takes: 'one package', options: exportOptions },
  inspect: { takes: 'one bundle', options: inspectOptions },
  install: { takes: 'one root directory', options: installOptions },
  keygen: { takes: 'nothing else', options: keygenOptions },
  mirror: { takes: 'one folder or archive', options: mirrorOptions },
  plugins: { takes: `an action (${PLUGIN_ACTIONS.join(', ')})`, options: portalOptions, words: PLUGIN_ACTIONS },
  pull: { takes: 'one image', options: pullOptions },
  push: { takes: 'bundles and one image', options: pushOptions },
  sign: { takes: 'one bundle', options: signOptions },
  verify: { takes: 'one bundle', options: verifyOptions },
};

function usageHint(argv: readonly string[], scriptName: string): string {
  const [name = '', ...rest] = argv;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    const similar = suggestionsFor(argv.slice(0, 1), { words: Object.keys(commands), options: ['help', 'version'] });
    return [...similar, `Run \`${scriptName} export\`, or \`${scriptName} --help\`.`].join(' ');
  }
  const options = Object.entries(command.options).map(([option, { default: preset }]) =>
    preset === true ? `no-${option}` : option,
  );
  const flags = options.map((option) => `--${option}`).join(', ');
  const explained = `${name} takes ${flags} and ${command.takes}; \`${scriptName} ${name} --help\` explains them.`;
  return [...suggestionsFor(rest, { words: command.words ?? [], options }), explained].join(' ');
}
