import type { Options, PositionalOptions } from 'yargs';
import type { PortalSettings } from '../portal/portalAddress';
import type { PortalClient } from '../portal/portalClient';
import type { Reporter } from '../report/reporter';
import { grouped, jsonOption } from './commonOptions';
import { interruptible } from './interrupt';
import { once } from './keyOptions';
import { registryOptions, trustOf, type RegistryArguments } from './registryOptions';

/** Options of every command that talks to a running portal, in the order of `--help`. */
export const portalOptions = {
  ...grouped('Portal', {
    portal: { type: 'string', requiresArg: true, describe: 'URL of the portal; by default STAGEDOOR_PORTAL' },
    'token-file': { type: 'string', requiresArg: true, describe: 'File with the token; by default STAGEDOOR_TOKEN' },
    'token-stdin': { type: 'boolean', default: false, describe: 'Read the token from standard input' },
  } as const satisfies Record<string, Options>),
  ...registryOptions,
  json: jsonOption,
} as const satisfies Record<string, Options>;

/** Their values as the command line gives them. */
export type PortalArguments = PortalSettings & RegistryArguments;

/** The plugin that a command is about. */
export const nameArgument = {
  type: 'string',
  demandOption: true,
  describe: 'Name of the package',
} as const satisfies PositionalOptions;

/** Gives `act` the portal that the command line names, until Ctrl-C. Throws USAGE, CA_INVALID and what `act` does. */
export async function withPortal(
  args: PortalArguments,
  reporter: Reporter,
  act: (client: PortalClient, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { portalAddress } = await import('../portal/portalAddress');
  const { PortalClient } = await import('../portal/portalClient');
  const cwd = process.cwd();
  const portal = once('portal', args.portal);
  const tokenFile = once('token-file', args.tokenFile);
  const { tokenStdin, insecure } = args;
  const trust = trustOf(args, cwd);
  await interruptible(async (signal) => {
    const address = await portalAddress({ portal, tokenFile, tokenStdin, insecure }, process.env, cwd);
    const onWarning = (text: string): void => reporter.progress(`warning: ${text}`);
    reporter.busy(`waiting for ${new URL(address.api).host}`);
    await act(new PortalClient(address, { signal, onWarning, ...trust }), signal);
  });
}
