import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { hintIn } from './failure.mjs';
import { withoutNpmSettings } from './npmSettings.mjs';
import { repository } from './repository.mjs';
import { runQuietly } from './run.mjs';
import { sqliteCompileEnvironment } from './sqliteDriver.mjs';

const COMPILER_HINT =
  'The SQLite driver could not be compiled. It takes a C++ compiler, make and Python (Debian: apt-get install ' +
  'build-essential python3), and the headers of Node.js: from nodejs.org, or in the folder npm_config_nodedir names.';
const REGISTRY_HINT =
  'Read the lines above. Behind a proxy or a mirror, `npm config get registry` must name one that answers.';

/**
 * Runs npm with the Node.js that runs this script, in `cwd` (the repository by default) and with `env` laid over this
 * process's environment; quiet unless it fails.
 */
export async function npm(args, { cwd = repository, env = {} } = {}) {
  // The user decides whose scripts may run.
  const ignoringScripts = process.env.npm_config_ignore_scripts === 'true' && { npm_config_ignore_scripts: 'true' };
  const [command, first] = npmCommand();
  return await runQuietly(command, [...first, ...args, ...SETTINGS], {
    cwd,
    shown: ['npm', ...args].join(' '),
    env: { ...withoutNpmSettings({ ...sqliteCompileEnvironment(npmEnvironment()), ...env }), ...ignoringScripts },
    hint: (output) =>
      hintIn(output) ?? (output.includes('gyp ERR!') ? COMPILER_HINT : REGISTRY_HINT + settingsHint(process.env)),
  });
}

/** The npm that runs this script, else the one on the path: a command and its first arguments. */
export function npmCommand() {
  const script = process.env.npm_execpath;
  return script && basename(script).startsWith('npm') ? [process.execPath, [script]] : ['npm', []];
}

/** Settings that a user's files may override: arguments take precedence. The lockfile decides what is installed, and where. */
const SETTINGS = [
  '--global=false',
  '--location=project',
  '--dry-run=false',
  '--package-lock=true',
  '--package-lock-only=false',
  '--include=optional',
  '--include=peer',
  '--no-before',
  '--install-strategy=hoisted',
  '--legacy-peer-deps=false',
  '--strict-peer-deps=false',
  '--engine-strict=false',
  '--bin-links=true',
  '--json=false',
  '--loglevel=notice',
];

/** Names of settings that may prevent npm from working; not their values, which may be secret. */
const LIMITING = /^(npm_config_(offline|(https?_)?proxy|cafile|strict_ssl)|https?_proxy)$/i;

function settingsHint(env) {
  const limiting = Object.keys(env).filter((name) => LIMITING.test(name) && env[name] !== '');
  return limiting.length > 0 ? ` It runs with your ${limiting.sort().join(', ')}.` : '';
}

/**
 * This process's environment, with native packages compiled against the headers that lie beside this Node.js where
 * they do (most installations): no download of headers, and never those of another Node.js.
 */
export function npmEnvironment(node = process.execPath, env = process.env) {
  const prefix = dirname(dirname(node));
  const headers = existsSync(join(prefix, 'include/node/node.h'));
  return headers && !env.npm_config_nodedir ? { ...env, npm_config_nodedir: prefix } : env;
}
