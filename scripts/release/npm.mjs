import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Failure } from '../lib/failure.mjs';
import { npmCommand } from '../lib/npm.mjs';
import { withoutNpmSettings } from '../lib/npmSettings.mjs';

/** Runs npm for its stdout; `settings` also take what a user has set, tokens and registries included. */
export async function npmOutput(args, { cwd, settings = false }) {
  const [command, first] = npmCommand();
  const env = settings ? process.env : withoutNpmSettings(process.env);
  try {
    const { stdout } = await promisify(execFile)(command, [...first, ...args], { cwd, env, maxBuffer: 2 ** 26 });
    return stdout;
  } catch (error) {
    throw new Failure(`\`npm ${args.join(' ')}\` failed:\n${error.stderr || error.message}`, 'Read the lines above.');
  }
}
