import { BUILD_REPORTS, readBuildReport, type BuildReport, type StagedoorError } from '@stagedoor/bundle';
import { join } from 'node:path';
import type { StatusStore } from '../lifecycle/statusStore';
import type { PluginState } from '../lifecycle/states';
import { looksAt, type Looks } from '../scan/looks';
import type { Pipeline } from '../pipeline/pipeline';

const INTERVAL_MS = 1000;
/** A report does not override decisions of an operator or of the supervisor. */
const DECIDED: ReadonlySet<PluginState> = new Set<PluginState>(['disabled', 'quarantined']);

/** Build reports of `stagedoor dev` for the bundles in a root directory. */
export interface BuildReports {
  /** True for a bundle that is being developed. */
  has(name: string): boolean;
  /** Starts reading reports. */
  start(): void;
  close(): void;
}

/**
 * Shows failed builds of `stagedoor dev`: the bundle becomes `rejected` with the error in its source, while the last good
 * build stays in service. When the source builds again, the status is that of the drop.
 */
export function followBuildReports(
  root: string,
  { registry, pipeline }: { registry: StatusStore; pipeline: Pick<Pipeline<unknown>, 'exclusively' | 'reconcile'> },
): BuildReports {
  /** By file as it was read. */
  let known = new Map<string, BuildReport>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let looks: Looks | undefined;

  async function look(): Promise<void> {
    const before = known;
    const seen = new Map<string, BuildReport>();
    looks ??= await looksAt(root);
    for (const { id, read } of await reports(join(root, BUILD_REPORTS), looks)) {
      const report = before.get(id) ?? (await read());
      if (report) seen.set(id, report);
    }
    known = seen;
    const failed = [...seen].filter(([, { fault }]) => fault);
    for (const [id, { name, fault }] of failed) if (!before.has(id)) await show(name, fault!);
    const left = new Set(failed.map(([, { name }]) => name));
    const mended = [...before.values()].filter(({ name, fault }) => fault && !left.has(name));
    for (const name of new Set(mended.map((report) => report.name))) await pipeline.reconcile(name);
  }

  async function show(name: string, fault: StagedoorError): Promise<void> {
    await pipeline.exclusively(name, async () => {
      const state = registry.get(name)?.state;
      if (state === undefined || !DECIDED.has(state)) registry.set(name, 'rejected', { fault });
    });
  }

  async function again(): Promise<void> {
    await look().catch(() => {});
    if (!closed) timer = setTimeout(() => void again(), INTERVAL_MS).unref();
  }

  return {
    start: () => void again(),
    has: (name) => [...known.values()].some((report) => report.name === name),
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}

async function reports(
  dir: string,
  looks: Looks,
): Promise<Array<{ id: string; read(): Promise<BuildReport | undefined> }>> {
  if (!(await looks.stat(dir))) return [];
  const files = (await looks.readdir(dir)).filter((file) => file.endsWith('.json')).sort();
  return await Promise.all(
    files.map(async (file) => {
      const path = join(dir, file);
      const info = await looks.stat(path);
      return { id: `${file} ${info?.ino} ${info?.mtimeMs} ${info?.size}`, read: () => readBuildReport(path) };
    }),
  );
}
