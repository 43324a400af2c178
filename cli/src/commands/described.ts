import type { CommandModule } from 'yargs';

/** Shows the first line of a command's description in the list of commands, and all of it in the command's own help. */
export function described<T>(command: CommandModule<object, T>): CommandModule<object, T> {
  const { builder, describe } = command;
  if (typeof builder !== 'function' || typeof describe !== 'string') return command;
  return {
    ...command,
    describe: describe.split('\n')[0],
    builder: async (yargs) => (await builder(yargs)).usage(`$0 ${String(command.command)}\n\n${describe}`),
  };
}
