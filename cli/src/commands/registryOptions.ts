import { resolve } from 'node:path';
import type { Options } from 'yargs';
import { grouped } from './commonOptions';
import { once } from './keyOptions';

/** Options of every command that talks to registries. */
export const registryOptions = grouped('Network', {
  ca: {
    type: 'string',
    requiresArg: true,
    describe: 'PEM file with additional certificate authorities to trust',
  },
  insecure: {
    type: 'boolean',
    default: false,
    describe: 'Allow plain http and unverified TLS certificates; loopback addresses may always use http',
  },
} as const satisfies Record<string, Options>);

/** Their values. */
export interface RegistryArguments {
  ca?: string;
  insecure: boolean;
}

/** The trust settings from those options. Throws USAGE. */
export function trustOf({ ca, insecure }: RegistryArguments, cwd: string): { ca?: string; insecure: boolean } {
  const file = once('ca', ca);
  return { insecure, ...(file !== undefined && { ca: resolve(cwd, file) }) };
}
