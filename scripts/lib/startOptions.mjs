import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure } from './failure.mjs';
import { repository } from './repository.mjs';

export const START_HELP = `Builds and starts the portal with the hello example in it.

Usage
  npm start [-- options]

Options
  --port <n>        Listen on this port instead of 7007 (also: the environment variable PORT).
  --config <file>   A further app-config file, laid over portal/app-config.yaml. May be given several times.
  --dir <folder>    Where data/, dynamic-plugins-root/ and .stagedoor/ live. Default: portal/
  --help            Show this text.
`;

/**
 * The options of \`npm start\`, complete. Files and folders are absolute; relative ones are taken from \`cwd\`, the
 * folder that npm was called in.
 */
export function readStartOptions(args, env = process.env, cwd = env.INIT_CWD ?? process.cwd()) {
  const { values } = parse(args);
  const portal = join(repository, 'portal');
  const local = join(portal, 'app-config.local.yaml');
  return {
    help: values.help ?? false,
    port: readPort(values.port ?? env.PORT ?? '7007'),
    dir: values.dir ? resolve(cwd, values.dir) : portal,
    configFiles: [
      join(portal, 'app-config.yaml'),
      ...(existsSync(local) ? [local] : []),
      ...(values.config ?? []).map((file) => resolve(cwd, file)),
    ],
  };
}

function parse(args) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: 'string' },
        config: { type: 'string', multiple: true },
        dir: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new Failure(error.message, 'Accepted: --port <n>, --config <file>, --dir <folder>, --help.');
  }
}

function readPort(text) {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Failure(`${text} is not a port.`, 'Give a whole number from 1 to 65535, e.g. `npm start -- --port 7008`.');
}
