import { version } from '../package.json';
import { HELP, parseCommandLine } from './commandLine';
import { startError } from './startError';
import { unsetVariables } from './unsetVariables';

async function main(): Promise<void> {
  const command = parseCommandLine(process.argv.slice(2), process.cwd());
  if (command.do === 'help') process.stdout.write(HELP);
  else if (command.do === 'version') process.stdout.write(`${version}\n`);
  else await start(command.configFiles);
}

async function start(configFiles: string[]): Promise<void> {
  // Loading all of Backstage takes a second, which --help and a misspelt file need not wait for.
  const { createPortalBackend } = await import('./createPortalBackend');
  try {
    await createPortalBackend({ configFiles }).start();
  } catch (error) {
    throw startError(error, unsetVariables(configFiles, process.env));
  }
}

main().catch((reason: unknown) => {
  const error = startError(reason);
  process.stderr.write(`\nerror ${error.code}: ${error.message}\n  hint: ${error.hint}\n`);
  // A portal that failed half-way may hold open handles; nothing in it is worth waiting for.
  process.exit(1);
});
