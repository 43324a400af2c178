import type { Options } from 'yargs';
import { readHost, type TargetHost } from '../export/source/host/readHost';
import { grouped } from './commonOptions';

/** Options that name the target portal of a bundle. */
export const hostOptions = grouped('Target portal', {
  host: {
    type: 'string',
    requiresArg: true,
    describe: 'Target portal: its URL, or the file or URL of its host manifest',
  },
  'host-token-file': {
    type: 'string',
    requiresArg: true,
    describe: 'File with a token for the URL of --host; default: STAGEDOOR_HOST_TOKEN',
  },
} as const satisfies Record<string, Options>);

/** Their values as the command line gives them. */
export interface HostArguments {
  host?: string;
  hostTokenFile?: string;
}

/** The host manifest of the target portal; undefined if none is named. Throws HOST_UNREADABLE. */
export async function hostOf(
  { host, hostTokenFile }: HostArguments,
  cwd: string,
  signal?: AbortSignal,
): Promise<TargetHost | undefined> {
  if (host === undefined) return undefined;
  const source = { location: host, tokenFile: hostTokenFile, token: process.env.STAGEDOOR_HOST_TOKEN };
  return await readHost(source, cwd, signal);
}
