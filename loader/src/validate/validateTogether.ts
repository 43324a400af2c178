import { setTimeout as sleep } from 'node:timers/promises';
import type { StagedBundle } from '../stage/stagedBundle';
import type { SchemaEntry } from './configSchema';
import { isPlainSchema } from './plainSchema';
import type { SchemaJob } from './schemaWorker/messages';
import { jobOf, type ConfigCheck } from './validateConfig';

/** Beyond this, each bundle is checked by itself: a slow one must not delay the others. */
const PATIENCE_MS = 1000;

/** A bundle and its config schemas. */
export interface BundleSchemas {
  bundle: StagedBundle;
  entries: readonly SchemaEntry[];
}

/**
 * Checks app-config against the merged schemas of many bundles, which takes little longer than one of them, and records those
 * that match. The others are checked by themselves, which finds and reports their errors.
 */
export async function validateTogether(
  bundles: readonly BundleSchemas[],
  { config, workers, passed }: ConfigCheck,
): Promise<void> {
  if (!passed) return;
  const open: Array<BundleSchemas & { job: SchemaJob }> = [];
  for (const { bundle, entries } of bundles) {
    if (entries.length === 0 || !entries.every(({ value }) => isPlainSchema(value))) continue;
    const job = jobOf(entries, config);
    if (!(await passed.has(bundle, job))) open.push({ bundle, entries, job });
  }
  if (open.length < 2) return;
  const given = new AbortController();
  let begin = (): void => {};
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const outOfTime = begun.then(() => sleep(PATIENCE_MS, undefined, { signal: given.signal })).catch(() => {});
  const job = jobOf(
    open.flatMap(({ entries }) => entries),
    config,
  );
  const checked = await Promise.race([workers.check(job, begin), outOfTime]).finally(() => given.abort());
  if (!checked || !('messages' in checked) || checked.messages.length > 0) return;
  for (const each of open) passed.addLater(each.bundle, each.job);
}
