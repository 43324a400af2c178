import { BUILD_REPORTS, readBuildReport, type BuildReport } from '@stagedoor/bundle';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DropDirectory } from './dropDirectory';
import type { PluginRegistry } from './registry';
import type { PluginState } from './states';

const INTERVAL_MS = 1000;
/** A report says nothing of what an operator, or the supervisor, has decided. */
const DECIDED: ReadonlySet<PluginState> = new Set<PluginState>(['disabled', 'quarantined']);

/**
 * Shows the builds that failed at `stagedoor dev`: a bundle is `rejected`, with what is wrong with its source, while what
 * was built before serves. When a report is gone, the status is again that of the drop.
 */
export function followBuildReports(
  root: string,
  { registry, drops }: { registry: PluginRegistry; drops: Pick<DropDirectory, 'exclusively' | 'reconcile'> },
): { close(): void } {
  /** The name that a report is about, by its file as it was read. */
  let known = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function look(): Promise<void> {
    const seen = new Map<string, string>();
    for (const { id, read } of await reports(join(root, BUILD_REPORTS))) {
      const report = known.has(id) ? undefined : await read();
      const name = report?.name ?? known.get(id);
      if (name === undefined) continue;
      seen.set(id, name);
      if (report) await show(report);
    }
    const left = new Set(seen.values());
    const gone = new Set([...known.values()].filter((name) => !left.has(name)));
    known = seen;
    for (const name of gone) await drops.reconcile(name);
  }

  async function show({ name, fault }: BuildReport): Promise<void> {
    await drops.exclusively(name, async () => {
      const state = registry.get(name)?.state;
      if (state === undefined || !DECIDED.has(state)) registry.set(name, 'rejected', { fault });
    });
  }

  async function again(): Promise<void> {
    await look().catch(() => {});
    if (!closed) timer = setTimeout(() => void again(), INTERVAL_MS).unref();
  }

  void again();
  return {
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}

async function reports(dir: string): Promise<Array<{ id: string; read(): Promise<BuildReport | undefined> }>> {
  const files = (await readdir(dir).catch(() => [])).filter((file) => file.endsWith('.json')).sort();
  return await Promise.all(
    files.map(async (file) => {
      const path = join(dir, file);
      const info = await stat(path).catch(() => undefined);
      return { id: `${file} ${info?.ino} ${info?.mtimeMs} ${info?.size}`, read: () => readBuildReport(path) };
    }),
  );
}
