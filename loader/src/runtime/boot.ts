import { setTimeout as sleep } from 'node:timers/promises';
import { ADMIN_PLUGIN_ID, INFO_PLUGIN_ID } from '../composition/ownPlugins';
import { faultText } from '../errors/faultText';
import { messageOf } from '../errors/thrown';
import { policyMissing } from '../lifecycle/errors';
import type { StagedBundle } from '../stage/stagedBundle';
import { missingPolicies } from './currentFaults';
import type { DynamicParts, RuntimeParts } from './runtimeParts';

const CLOSE_TIMEOUT_MS = 3000;

/** Starts every unit; resolves when each has reached an end state. Rejects if a static plugin fails that must not. */
export async function bootRuntime(parts: RuntimeParts): Promise<void> {
  const { own, gate, observations, units, dynamic, closers } = parts;
  closers.add(await observations.start());
  closers.add(() => gate.close());
  if (dynamic) await bootDynamic(parts, dynamic);
  else await units.boot([own]);
}

async function bootDynamic(
  parts: RuntimeParts,
  { pipeline, drops, state, reports, collector }: DynamicParts,
): Promise<void> {
  const { own, slots, logger, phase } = parts;
  const staged = await drops.boot();
  // Only plugins that served before: a new bundle may declare any id.
  const expected = staged.flatMap((bundle) => {
    const { holds = [] } = state.get(bundle.name);
    return declaredIds(bundle, own.pluginIds).filter((id) => holds.includes(id.toLowerCase()));
  });
  const late = await slots.holdingPlugins(expected, async () => {
    const later = await pipeline.boot(own, staged);
    await pipeline.fallBack(drops.names());
    return later;
  });
  phase.booted = true;
  for (const name of missingPolicies(parts)) logger.error(faultText(policyMissing(name)));
  drops.open();
  for (const name of late) {
    // Requests to a plugin that the portal did not wait for are held, as for any starting plugin.
    const bundle = drops.winner(name);
    const ids = bundle ? declaredIds(bundle, own.pluginIds) : [];
    void slots.holdingPlugins(ids, () => drops.reconcileLater(name));
  }
  reports.start();
  collector.start();
  await collector.collect();
}

/** The plugin id that a bundle declares, unless it is a static plugin. */
function declaredIds({ packageJson }: StagedBundle, ownIds: readonly string[]): string[] {
  const id: unknown = packageJson.backstage?.pluginId;
  if (typeof id !== 'string') return [];
  const own = [ADMIN_PLUGIN_ID, INFO_PLUGIN_ID, ...ownIds];
  return own.some((other) => other.toLowerCase() === id.toLowerCase()) ? [] : [id];
}

/** Stops following drops, lets requests finish, runs every plugin's shutdown hooks. */
export async function stopRuntime({ dynamic, units, operations, logger, closers }: RuntimeParts): Promise<void> {
  await closers.close();
  // A plugin that is starting, or hangs in its start, must not block the shutdown.
  const idle = Promise.all([operations.close(), dynamic?.drops.close()]);
  await Promise.race([idle, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
  const results = await units.shutDown();
  await dynamic?.bundles.retired();
  await dynamic?.processes?.dispose();
  for (const result of results) {
    if (result.status === 'rejected') logger.warn(messageOf(result.reason));
  }
  await dynamic?.state.close();
  await dynamic?.history.close();
  await dynamic?.release();
}
