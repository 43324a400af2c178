import type { RunningBackend } from './backend';
import { drop } from './greeter';

/** Package name of what {@link untilLaterDropRuns} drops. */
export const LATER = 'later-dynamic';

/**
 * Drops one more bundle and waits until it runs. What was dropped before has been looked at by then: what has not become
 * of it does not become of it any more.
 */
export async function untilLaterDropRuns(backend: Pick<RunningBackend, 'root' | 'until'>): Promise<void> {
  await drop(backend, 'blue-green', { packageJson: { name: LATER, pluginId: 'later' } });
  await backend.until(LATER, 'running');
}
