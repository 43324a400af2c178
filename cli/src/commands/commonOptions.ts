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

/** `options` below a heading of their own in `--help`. */
export function grouped<T extends Record<string, Options>>(heading: string, options: T): T {
  const entries = Object.entries(options).map(([name, option]) => [name, { ...option, group: `${heading}:` }]);
  return Object.fromEntries(entries) as T;
}
