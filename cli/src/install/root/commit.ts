import { moveAway } from '@stagedoor/bundle';
import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ready } from '../fetchAll';
import { linkTarget, storePaths } from './store';

/** The target state of a root directory. */
export interface Change {
  root: string;
  /** A folder on the same volume for what is prepared; each change moves something out of it, or into it. */
  staging: string;
  ready: readonly Ready[];
  /** Installed packages that stay, and get a link of another name. */
  renamed: ReadonlyArray<{ entry: string; folder: string }>;
  /** Names of links, and of folders in `replaced`, that go. */
  removed: readonly string[];
  /** Folders that another installer put there, and that this one takes over. */
  replaced: readonly string[];
  /** Text of app-config.dynamic-plugins.yaml; undefined leaves it as it is. */
  appConfig?: string;
}

/** The file that the config fragments of all plugins are merged into. */
export const APP_CONFIG = 'app-config.dynamic-plugins.yaml';

/**
 * Brings a root directory into its target state. Everything that needs space is written before the first change. After that
 * there are only renames, one for each plugin, app-config last: at any point, every plugin is complete in its old or its new
 * version; one of another installer may be absent for a moment. Rejects with file system errors.
 */
export async function commit({ root, staging, ready, renamed, removed, replaced, appConfig }: Change): Promise<void> {
  const { store } = storePaths(root);
  const links = join(staging, 'links');
  const config = join(staging, APP_CONFIG);
  const old = join(staging, 'replaced');
  await mkdir(links);
  await mkdir(old);
  // A link cannot be renamed over a folder: that goes first, for a moment in which the plugin is not there.
  const clear = (entry: string): Promise<void> => moveAway(join(root, entry), join(old, entry));
  for (const { path, folder } of ready) await rename(path, join(store, folder));
  // First those that stay: the name that one leaves may be the name of another.
  const added = [...renamed, ...ready];
  for (const { entry, folder } of added) await symlink(linkTarget(folder), join(links, entry), 'dir');
  if (appConfig !== undefined) await writeFile(config, appConfig);
  for (const { entry } of added) {
    if (replaced.includes(entry)) await clear(entry);
    await rename(join(links, entry), join(root, entry));
  }
  for (const entry of removed) await clear(entry);
  if (appConfig !== undefined) await rename(config, join(root, APP_CONFIG));
}

/** The text that is to be written where app-config is not that already. */
export async function changedAppConfig(root: string, text: string): Promise<string | undefined> {
  const there = await readFile(join(root, APP_CONFIG), 'utf8').catch(() => undefined);
  return there === text ? undefined : text;
}
