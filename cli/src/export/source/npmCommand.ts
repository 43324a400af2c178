import { execFile } from 'node:child_process';
import { watchProcess, type ProcessLimits } from './watchProcess';

/** The npm that runs us, where one does: it is the one whose settings the user sees. */
export function npmCommand(): { command: string; leading: string[] } {
  const cli = process.env.npm_execpath;
  if (cli && /npm-cli\.[cm]?js$/.test(cli)) return { command: process.execPath, leading: [cli] };
  return { command: process.platform === 'win32' ? 'npm.cmd' : 'npm', leading: [] };
}

/** The environment for npm: it refuses a selection of workspaces together with none. */
export function npmEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_config_workspaces?$/i.test(name)));
}

/** `backstage.role` of a published package, by the settings of `cwd`; undefined where npm does not say, or not within `limits`. */
export async function publishedRole(
  { name, range }: { name: string; range: string },
  { cwd, signal, limits }: { cwd: string; signal: AbortSignal | undefined; limits: ProcessLimits },
): Promise<string | undefined> {
  const { command, leading } = npmCommand();
  const args = [
    ...leading,
    'view',
    `${name}@${range}`,
    'backstage.role',
    '--json',
    '--workspaces=false',
    '--loglevel=error',
  ];
  const text = await new Promise<string>((done, fail) => {
    const child = execFile(command, args, { cwd, signal, env: npmEnvironment() }, (error, stdout) => {
      if (signal?.aborted) fail(error!);
      // What is wrong with the package the installation says.
      else done(error ? '' : stdout);
    });
    watchProcess(child, limits);
  });
  return lastText(text);
}

/** For a range npm gives one role for each version in it, the newest last. */
function lastText(json: string): string | undefined {
  try {
    const value = JSON.parse(json) as unknown;
    const last = Array.isArray(value) ? (value.at(-1) as unknown) : value;
    return typeof last === 'string' ? last : undefined;
  } catch {
    return undefined;
  }
}
