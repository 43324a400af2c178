import type { Options } from 'yargs';

/** Options of every command that reads a list of plugins. */
export const listOptions = {
  config: {
    type: 'string',
    requiresArg: true,
    default: 'dynamic-plugins.yaml',
    describe: 'The list of plugins; dynamic-plugins.lock is written beside it',
  },
  frozen: {
    type: 'boolean',
    default: false,
    describe: 'Fail if anything differs from dynamic-plugins.lock, and do not write it',
  },
} as const satisfies Record<string, Options>;

/** Their values. */
export interface ListArguments {
  config: string;
  frozen: boolean;
}
