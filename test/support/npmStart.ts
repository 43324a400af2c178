import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startProcess, type ChildProcess, type ChildProcessOptions } from './childProcess';
import { freePort } from './freePort';
import { patience } from './patience';
import { repository } from './repository';
import { waitFor } from './waitFor';

/** What `npm start` runs. */
export const startScript = join(repository, 'scripts/start.mjs');

/** A portal that `npm start` started. */
export interface Start {
  child: ChildProcess;
  url: string;
}

/**
 * Does what `npm start` does, with data and drops in `dir`, until the portal has said what to try. The caller stops
 * the process. `args` are further arguments; `env` is laid over this process's environment.
 */
export async function launch(
  dir: string,
  { args = [], env }: { args?: string[]; env?: ChildProcessOptions['env'] } = {},
): Promise<Start> {
  const port = await freePort();
  const all = [startScript, '--port', String(port), '--dir', dir, ...args];
  const child = startProcess(process.execPath, all, { env });
  const said = async (text: string) => child.exit() !== undefined || child.output().includes(text);
  try {
    await waitFor('the lines that say what to try', () => said('Ctrl+C stops it.'), patience.startMs);
    const ended = child.exit();
    if (ended) throw new Error(`npm start ended with ${ended.code ?? ended.signal}`);
    return { child, url: `http://localhost:${port}` };
  } catch (error) {
    await child.stop();
    throw new Error(`${(error as Error).message}\n${child.output()}`, { cause: error });
  }
}

/** {@link launch}, and a stop when the running test ends. */
export async function start(dir: string, options: Parameters<typeof launch>[1] = {}): Promise<Start> {
  const started = await launch(dir, options);
  onTestFinished(async () => void (await started.child.stop()));
  return started;
}
