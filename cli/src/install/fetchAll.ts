import { concurrently, redactAddress, verifySignatures, type PublicKey } from '@stagedoor/bundle';
import { randomBytes } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertNotOlder } from './assertNotOlder';
import { checkPackage, type CheckedPackage } from './checkPackage';
import type { InstallOptions } from './options';
import { outcomeOf, valuesOf } from './outcomes';
import type { Planned } from './resolveAll';
import { PACKAGE, RECORD, entryName, requestHash, type InstallRecord } from './root/store';
import { recorded, type SourceContext } from './source';

/** Downloads at once. */
const AT_ONCE = 6;

/** A package that is complete and checked, and of which the root directory knows nothing yet. */
export interface Ready {
  plan: Planned;
  checked: CheckedPackage;
  /** Name of its link in the root directory. */
  entry: string;
  /** Name that its folder will have in the store. */
  folder: string;
  /** Where that folder is now: package and record. */
  path: string;
}

/** Further options of {@link fetchAll}. */
export interface FetchOptions {
  /** Keys of which one must have signed every package. */
  trusted?: readonly PublicKey[];
  onProgress?: InstallOptions['onProgress'];
  /** As {@link SourceContext.keep}, for a package. */
  keep?(plan: Planned, file: string): Promise<void>;
}

/**
 * Fetches the packages that are not kept, a few at a time, each into a folder of its own below `staging`, and checks them:
 * signatures before anything else of a package is unpacked, then what was unpacked against what is signed.
 * Rejects, when all have come to an end, with what the sources and {@link checkPackage} throw.
 */
export async function fetchAll(
  planned: readonly Planned[],
  staging: string,
  context: SourceContext,
  { trusted, onProgress, keep }: FetchOptions,
): Promise<Ready[]> {
  const plans = planned.filter((one) => !one.keep);
  const bytes = plans.map(() => ({ done: 0, total: 0 }));
  let fetched = 0;
  const outcomes = await concurrently(
    [...plans.entries()],
    ([index, plan]) =>
      outcomeOf(plan.plugin, async () => {
        context.signal?.throwIfAborted();
        const onBytes = (done: number, total?: number): void => {
          bytes[index] = { done, total: total ?? done };
          onProgress?.({ step: 'bytes', done: sum(bytes, 'done'), total: sum(bytes, 'total') });
        };
        const own = {
          ...context,
          onBytes,
          ...(trusted && { admit: async (dir: string) => void (await verifySignatures(dir, trusted)) }),
          ...(keep && { keep: (file: string) => keep(plan, file) }),
        };
        const ready = await fetchOne(plan, join(staging, String(index)), own, trusted);
        const { version } = ready.checked;
        onProgress?.({
          step: 'fetched',
          package: redactAddress(plan.plugin.package),
          version,
          done: ++fetched,
          plugins: plans.length,
        });
        return ready;
      }),
    AT_ONCE,
  );
  context.signal?.throwIfAborted();
  return valuesOf(outcomes);
}

async function fetchOne(
  plan: Planned,
  folder: string,
  context: SourceContext,
  trusted: readonly PublicKey[] | undefined,
): Promise<Ready> {
  const { plugin, source, resolved } = plan;
  const download = join(folder, 'download');
  const path = join(folder, 'ready');
  await mkdir(folder);
  await mkdir(download);
  await mkdir(path);
  const dir = await source.fetch(resolved, download, context);
  const checked = await checkPackage(dir, trusted);
  const { name, version, content } = checked;
  assertNotOlder(plugin, checked);
  await rename(dir, join(path, PACKAGE));
  const record: InstallRecord = {
    format: 1,
    name,
    version,
    request: requestHash(plugin),
    content,
    resolved: recorded(resolved),
  };
  await writeFile(join(path, RECORD), JSON.stringify(record, null, 2));
  const entry = entryName(name);
  // A name of its own even for content that was there before: that may be in use, and is removed when it is not.
  return { plan, checked, entry, folder: `${entry}-${randomBytes(6).toString('hex')}`, path };
}

function sum<K extends string>(items: ReadonlyArray<Record<K, number>>, key: K): number {
  return items.reduce((total, item) => total + item[key], 0);
}
