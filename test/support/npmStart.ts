import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startProcess, type ChildProcess } from './childProcess';
import { freePort } from './freePort';
import { repository } from './repository';
import { waitFor } from './waitFor';

/** What `npm start` runs. */
export const startScript = join(repository, 'scripts/start.mjs');

/** A portal that `npm start` started. */
export interface Start {
  child: ChildProcess;
  url: string;
  /** From the call to the portal listening. */
  listeningAfterMs: number;
}

/**
 * Does what `npm start` does, with data and drops in `dir`, until the portal has said what to try. The caller stops
 * the process. `env` is laid over this process's environment.
 */
export async function launch(dir: string, args: string[] = [], env: Record<string, string> = {}): Promise<Start> {
  const port = await freePort();
  const began = performance.now();
  const child = startProcess(process.execPath, [startScript, '--port', String(port), '--dir', dir, ...args], { env });
  const said = async (text: string) => child.exit() !== undefined || child.output().includes(text);
  try {
    await waitFor('the portal to listen', () => said('Listening on'), 45_000);
    const listeningAfterMs = performance.now() - began;
    await waitFor('the lines that say what to try', () => said('Ctrl+C stops it.'));
    const ended = child.exit();
    if (ended) throw new Error(`npm start ended with ${ended.code ?? ended.signal}`);
    return { child, url: `http://localhost:${port}`, listeningAfterMs };
  } catch (error) {
    await child.stop();
    throw new Error(`${(error as Error).message}\n${child.output()}`, { cause: error });
  }
}

/** {@link launch}, and a stop when the running test ends. */
export async function start(dir: string, args?: string[], env?: Record<string, string>): Promise<Start> {
  const started = await launch(dir, args, env);
  onTestFinished(async () => void (await started.child.stop()));
  return started;
}
