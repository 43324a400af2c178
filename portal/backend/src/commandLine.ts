import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { usage, configFilesMissing } from './errors';

export const HELP = `stagedoor-portal: a Backstage portal backend that loads plugins while it runs.

Usage
  stagedoor-portal [--config <file>]...

Options
  --config <file>   An app-config file. Give it several times; a later file wins over an earlier one.
                    Default: app-config.yaml and, where present, app-config.local.yaml in this folder.
  --help            Show this text.
  --version         Show the version.

Environment
  NODE_ENV=development   Allows signing in as guest; without it the guest provider refuses.
  APP_CONFIG_a_b=value   Sets the config value a.b, as in every Backstage backend.

Relative folders in app-config are taken from the folder that the command is started in.

Examples
  stagedoor-portal --config app-config.yaml
  stagedoor-portal --config app-config.yaml --config app-config.production.yaml
  cp -r my-plugin/dist-dynamic dynamic-plugins-root/my-plugin     loads it into the running portal
  rm -r dynamic-plugins-root/my-plugin                            unloads it
`;

/** What the command line asks for. `configFiles` exist, absolute, in merge order. */
export type Command = { do: 'help' } | { do: 'version' } | { do: 'start'; configFiles: string[] };

/** Parses the arguments after the script name. Throws USAGE, or CONFIG_FILE_MISSING that names every missing file. */
export function parseCommandLine(args: string[], cwd: string): Command {
  const { config, help, version } = parse(args);
  if (help) return { do: 'help' };
  if (version) return { do: 'version' };
  const configFiles = (config ?? defaultFiles(cwd)).map((file) => resolve(cwd, file));
  const missing = configFiles.filter((file) => !existsSync(file));
  if (missing.length > 0) {
    throw configFilesMissing(missing);
  }
  return { do: 'start', configFiles };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        config: { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    }).values;
  } catch (cause) {
    throw usage(cause as Error);
  }
}

function defaultFiles(cwd: string): string[] {
  const local = 'app-config.local.yaml';
  return existsSync(resolve(cwd, local)) ? ['app-config.yaml', local] : ['app-config.yaml'];
}
