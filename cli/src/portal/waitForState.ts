import { StagedoorError, isStagedoorError } from '@stagedoor/bundle';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PortalPlugin } from './answers';
import type { PortalClient } from './portalClient';

/** What is waited for. */
export interface Wanted {
  name: string;
  /** E.g. `running`. */
  state: string;
  /** The version that is to be in that state. */
  version?: string;
  timeoutMs: number;
}

const POLL_MS = 500;
/** States in which a plugin stays until an operator changes it or its drop changes. */
const ENDS = new Set(['rejected', 'failed', 'quarantined', 'disabled']);

/**
 * Waits until a plugin is in a state. It need not be known yet: a drop is read after it has been copied. Throws PLUGIN_NOT_READY
 * when the time is over or the plugin is in another state that it does not leave by itself, and what the portal answers.
 */
export async function waitForState(
  client: Pick<PortalClient, 'plugin'>,
  wanted: Wanted,
  { signal, onState }: { signal?: AbortSignal; onState?(state: string): void } = {},
): Promise<PortalPlugin> {
  const { name, state, version, timeoutMs } = wanted;
  const deadline = performance.now() + timeoutMs;
  let told: string | undefined;
  for (;;) {
    const plugin = await known(client, name);
    const seen = plugin ? `${plugin.state}${plugin.version ? ` (${plugin.version})` : ''}` : 'unknown to the portal';
    if (seen !== told) onState?.((told = seen));
    const fits = version === undefined || plugin?.version === version;
    if (plugin?.state === state && fits) return plugin;
    if (plugin && fits && ENDS.has(plugin.state)) throw notReady(wanted, seen, plugin);
    if (performance.now() > deadline) throw notReady(wanted, `${seen} after ${timeoutMs / 1000} s`, plugin);
    await sleep(POLL_MS, undefined, { signal });
  }
}

async function known(client: Pick<PortalClient, 'plugin'>, name: string): Promise<PortalPlugin | undefined> {
  try {
    return await client.plugin(name);
  } catch (error) {
    if (isStagedoorError(error) && error.code === 'PLUGIN_UNKNOWN') return undefined;
    throw error;
  }
}

function notReady({ name, version }: Wanted, seen: string, plugin: PortalPlugin | undefined): StagedoorError {
  const { code, message, hint } = plugin ?? {};
  const reason = code ? ` ${code}: ${message ?? ''}` : '';
  const what = version ? `${name}@${version}` : name;
  return new StagedoorError('PLUGIN_NOT_READY', `${what} is ${seen}.${reason}`, { hint });
}
