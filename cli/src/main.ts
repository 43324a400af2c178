import { StagedoorError } from '@stagedoor/bundle';
import { version } from '../package.json';
import { exportCommand, exportOptions } from './commands/export';
import { Reporter } from './report/reporter';

/**
 * Runs the command line `argv` (without node and script), reports, and sets the exit code: 0, 1 for an error,
 * 130 after Ctrl-C.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const reporter = new Reporter(process, argv.includes('--json'));
  try {
    await parse(argv, reporter);
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') {
      process.exitCode = 130;
      return;
    }
    reporter.failed(error);
    process.exitCode = 1;
  }
}

async function parse(argv: readonly string[], reporter: Reporter): Promise<void> {
  const { default: yargs } = await import('yargs');
  const parser = yargs([...argv])
    .scriptName('stagedoor')
    .usage('$0 <command>\n\nPackages Backstage backend plugins into self-contained dynamic bundles.')
    .command(exportCommand(reporter))
    .demandCommand(1, 'Name a command.')
    .strict()
    .version(version)
    .help()
    .wrap(100)
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new StagedoorError('USAGE', message, { hint: usageHint(argv[0]) });
    });
  await parser.parseAsync();
}

function usageHint(command: string | undefined): string {
  if (command !== 'export') return 'Run `stagedoor export`, or `stagedoor --help`.';
  const flags = Object.entries(exportOptions).map(([name, option]) =>
    'default' in option && option.default ? `--no-${name}` : `--${name}`,
  );
  return `export takes ${flags.join(', ')} and one package; \`stagedoor export --help\` explains them.`;
}
