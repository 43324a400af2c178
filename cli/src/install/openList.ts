import { DEFAULT_LIMITS } from '@stagedoor/bundle';
import { dirname, resolve } from 'node:path';
import { withCatalogIndex } from './catalogIndex/withCatalogIndex';
import { listMissing } from './errors';
import { readPluginList, type PluginList } from './list/readPluginList';
import { lockFileOf, readLockFile, type LockedPlugins } from './lockFile';
import type { InstallOptions } from './options';
import type { SourceContext } from './source';

/** A list of plugins, and what every run on it needs. */
export interface OpenList {
  list: PluginList;
  lockFile: string;
  /** What the lock file says; only of a frozen run. */
  locked?: LockedPlugins;
  context: SourceContext;
}

/**
 * Reads the list of a run, and before it the catalog indexes that the settings name. Throws what {@link readPluginList} and
 * {@link withCatalogIndex} throw, PLUGIN_LOCK_MISMATCH, PLUGIN_LOCK_INVALID.
 */
export async function openList(
  options: Pick<
    InstallOptions,
    'cwd' | 'config' | 'frozen' | 'dryRun' | 'signal' | 'insecure' | 'ca' | 'rhdh' | 'catalogs'
  >,
  { listRequired = false }: { listRequired?: boolean } = {},
): Promise<OpenList> {
  const { frozen, dryRun, signal, insecure, ca, rhdh, catalogs } = options;
  const config = resolve(options.cwd, options.config);
  // One list for all: what reading images has to say comes at any time.
  const warnings: string[] = [];
  const context: SourceContext = {
    cwd: dirname(config),
    ...(signal && { signal }),
    ...(insecure && { insecure }),
    ...(ca !== undefined && { ca }),
    ...(rhdh?.skipIntegrity && { skipIntegrity: true }),
    ...(rhdh?.entryBytes !== undefined && { limits: { ...DEFAULT_LIMITS, entryBytes: rhdh.entryBytes } }),
    onWarning: (text) => {
      if (!warnings.includes(text)) warnings.push(text);
    },
  };
  const list = await withCatalogIndex(
    rhdh,
    { ...context, ...(catalogs && { catalogs }), extract: !dryRun && !listRequired },
    async (index) => {
      const read = await readPluginList(config, { ...index, skipIntegrity: rhdh?.skipIntegrity });
      if (read.absent && (frozen || listRequired)) throw listMissing(config);
      warnings.push(...(rhdh?.warnings ?? []), ...(index.warnings ?? []), ...read.warnings);
      return { ...read, warnings };
    },
  );
  const lockFile = lockFileOf(config);
  const locked = frozen ? await readLockFile(lockFile) : undefined;
  return { list, lockFile, ...(locked && { locked }), context };
}
