import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { startHost } from './hosts.mjs';
import { expectStatus } from './requests.mjs';

/** When it has started, a portal imports what later plugins may ask for: that is not part of a load. */
const IMPORTED_WITHIN_MS = 1500;

/** A host on an empty root directory; `drop` moves a bundle in and gives the time until `path` answers `status`. */
export async function hostWithDrops(dir, options = {}) {
  const root = join(dir, 'root');
  await mkdir(root, { recursive: true });
  const host = await startHost(join(dir, 'host'), { kind: 'stagedoor', root, ...options });
  await sleep(IMPORTED_WITHIN_MS);
  const drop = async (bundle, entry, path, status) => {
    const started = performance.now();
    await rename(bundle, join(root, entry));
    await expectStatus(host.url + path, status);
    return performance.now() - started;
  };
  return { host, drop };
}
