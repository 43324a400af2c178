import type { PluginStatus } from '@stagedoor/loader';
import { startBackend, type BackendOptions, type RunningBackend } from './backend';
import type { FixtureOptions } from './bundles';
import { drop } from './greeter';
import { waitFor } from './waitFor';

/** Package name of test/fixtures/bundles/faulty. */
export const FAULTY = 'faulty-dynamic';

/** A backend whose plugins run in processes of their own. */
export function startIsolating(options: BackendOptions = {}): Promise<RunningBackend> {
  return startBackend({ ...options, dynamicPlugins: { isolation: 'process', ...options.dynamicPlugins } });
}

/** A backend in which the fixture `faulty` runs in a process of its own. */
export async function startFaulty(
  options: BackendOptions = {},
  fixture: FixtureOptions = {},
): Promise<RunningBackend & { pid: number }> {
  const backend = await startIsolating(options);
  await drop(backend, 'faulty', fixture);
  const { process } = (await backend.until(FAULTY, 'running'))!;
  return { ...backend, pid: process!.pid };
}

/** Starts a fault and does not wait for its answer; resolves with the status of the answer or `broken`. */
export function commit(backend: Pick<RunningBackend, 'get'>, fault: string): Promise<number | 'broken'> {
  return backend.get(`/api/faulty/${fault}`).then(
    ({ status }) => status,
    () => 'broken' as const,
  );
}

/** Resolves with the status when the plugin runs again, in another process than `pid`. */
export async function untilRestarted(backend: RunningBackend, pid: number): Promise<PluginStatus> {
  return await waitFor('the plugin to run in another process', async () => {
    const status = (await backend.plugins()).find(({ name }) => name === FAULTY);
    return status?.state === 'running' && status.process && status.process.pid !== pid ? status : undefined;
  });
}
