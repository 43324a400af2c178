import { symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPortal } from '../lib/portal.mjs';
import { CONFIG } from './config.mjs';
import { pageFaults } from './pageFaults.mjs';

const LOAD_TIMEOUT_MS = 600_000;
const POLL_MS = 2000;
const ENDED = new Set(['running', 'failed', 'rejected', 'waiting', 'quarantined', 'backoff']);
const CONFLICTS = new Set(['PLUGIN_ID_CONFLICT', 'MODULE_ID_CONFLICT']);

/**
 * Drops bundles (name of the bundle → folder), all at once, into a running portal, whose data are in `dir`: what the portal says of
 * each, and of those for browsers why a page does not have them (`page`, null where it has). Bundles that exclude each other, such as
 * two plugins with one id, get a portal of their own.
 */
export async function loadBundles(bundles, dir) {
  const statuses = new Map();
  let left = bundles;
  for (let round = 1; left.size > 0; round++) {
    const found = await loadTogether(left, join(dir, `portal-${round}`));
    const excluded = new Map();
    for (const [name, status] of found) {
      const conflict = CONFLICTS.has(status.code) && status.details?.static !== true;
      if (conflict && found.size > 1) excluded.set(name, left.get(name));
      else statuses.set(name, status);
    }
    left = excluded.size < left.size ? excluded : new Map();
  }
  return statuses;
}

async function loadTogether(bundles, dir) {
  const portal = await startPortal(dir, CONFIG);
  try {
    for (const path of bundles.values()) await symlink(path, join(portal.root, basename(path)), 'dir');
    const deadline = Date.now() + LOAD_TIMEOUT_MS;
    for (;;) {
      // Busy with so many at a time, it may be slow to answer.
      const items = await portal.statuses().catch((error) => {
        if (Date.now() > deadline) throw error;
        return [];
      });
      const found = new Map(items.filter(({ name }) => bundles.has(name)).map((item) => [item.name, item]));
      const ended = [...bundles.keys()].every((name) => ENDED.has(found.get(name)?.state));
      if (!ended && Date.now() < deadline) {
        await sleep(POLL_MS);
        continue;
      }
      const frontends = [...found.values()].filter(({ role }) => role?.startsWith('frontend-'));
      const faults = frontends.length > 0 ? await pageFaults(portal.url) : new Map();
      for (const status of frontends) status.page = faults.get(status.name) ?? null;
      return found;
    }
  } finally {
    await portal.stop();
  }
}
