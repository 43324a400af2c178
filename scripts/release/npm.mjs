import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '../lib/failure.mjs';
import { withoutNpmSettings } from '../lib/npmSettings.mjs';

/** Runs npm for its stdout; `settings` also take what a user has set, tokens and registries included. */
export async function npmOutput(args, { cwd, settings = false }) {
  const script = process.env.npm_execpath;
  const [command, first] = script && basename(script).startsWith('npm') ? [process.execPath, [script]] : ['npm', []];
  const env = settings ? process.env : withoutNpmSettings(process.env);
  try {
    const { stdout } = await promisify(execFile)(command, [...first, ...args], { cwd, env, maxBuffer: 2 ** 26 });
    return stdout;
  } catch (error) {
    throw new Failure(`\`npm ${args.join(' ')}\` failed:\n${error.stderr || error.message}`, 'Read the lines above.');
  }
}
