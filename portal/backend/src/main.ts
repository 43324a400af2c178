import { version } from '../package.json';
import { HELP, parseCommandLine } from './commandLine';
import { createPortalBackend } from './createPortalBackend';
import { startError } from './startError';

async function main(): Promise<void> {
  const command = parseCommandLine(process.argv.slice(2), process.cwd());
  if (command.do === 'help') process.stdout.write(HELP);
  else if (command.do === 'version') process.stdout.write(`${version}\n`);
  else await createPortalBackend(command).start();
}

main().catch((reason: unknown) => {
  const error = startError(reason);
  process.stderr.write(`\nerror ${error.code}: ${error.message}\n  hint: ${error.hint}\n`);
  // A portal that failed half-way may hold open handles; nothing in it is worth waiting for.
  process.exit(1);
});
