import { resolve } from 'node:path';
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

/** Reads the list of a run. Throws what {@link readPluginList} throws, PLUGIN_LOCK_MISMATCH, PLUGIN_LOCK_INVALID. */
export async function openList(
  options: Pick<InstallOptions, 'cwd' | 'config' | 'frozen' | 'signal' | 'insecure' | 'ca'>,
): Promise<OpenList> {
  const { frozen, signal, insecure, ca } = options;
  const config = resolve(options.cwd, options.config);
  const list = await readPluginList(config);
  const lockFile = lockFileOf(config);
  const locked = frozen ? await readLockFile(lockFile) : undefined;
  const context: SourceContext = {
    cwd: list.folder,
    ...(signal && { signal }),
    ...(insecure && { insecure }),
    ...(ca !== undefined && { ca }),
    onWarning: (text) => {
      if (!list.warnings.includes(text)) list.warnings.push(text);
    },
  };
  return { list, lockFile, ...(locked && { locked }), context };
}
