import type { Options, PositionalOptions } from 'yargs';

/** The option of every command. */
export const jsonOption = {
  type: 'boolean',
  default: false,
  describe: 'Print the result, or the error, as one JSON object on stdout',
} as const satisfies Options;

/** The bundle that a command reads. */
export const bundleArgument = {
  type: 'string',
  demandOption: true,
  describe: 'Bundle folder, .tgz or http(s) address',
} as const satisfies PositionalOptions;
