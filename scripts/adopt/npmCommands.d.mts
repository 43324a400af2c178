/** See npmCommands.mjs. */
export function npmCommands(commands: string): string;
