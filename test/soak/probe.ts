import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeOption } from '../support/nodeOption';
import type { Portal } from '../support/portal';
import { repository } from '../support/repository';
import { waitFor } from '../support/waitFor';

/** What a portal process holds, after garbage collection. */
export interface Held {
  count: number;
  /** In bytes. */
  heapUsed: number;
  /** In bytes. */
  rss: number;
  /** Timers, handles and requests that keep an event loop alive, by Node's name for them. */
  resources: Record<string, number>;
  /** Listeners of `process`, by event. */
  listeners: Record<string, number>;
  /** Modules of staged bundles that Node has in memory. */
  modules: number;
}

/** The environment in which a portal can be asked what it holds; `file` is where it answers. */
export function probeEnvironment(file: string): Record<string, string> {
  const probe = join(repository, 'test/fixtures/preload/soakProbe.cjs');
  return { NODE_OPTIONS: `--expose-gc --require ${nodeOption(probe)}`, SOAK_PROBE: file };
}

/** Asks a portal that was started with {@link probeEnvironment}. */
export async function heldBy(portal: Portal, file: string): Promise<Held> {
  const read = () =>
    readFile(file, 'utf8')
      .then((text) => JSON.parse(text) as Held)
      .catch(() => undefined);
  const before = (await read())?.count ?? 0;
  process.kill(portal.pid, 'SIGUSR2');
  return await waitFor('the portal to tell what it holds', async () => {
    const held = await read();
    return held && held.count > before ? held : undefined;
  });
}
