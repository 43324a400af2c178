import type { Ready } from './fetchAll';
import { lockedPlugin, writeLockFile, type LockedPlugins } from './lockFile';
import type { Planned } from './resolveAll';

/** What a plan comes to, in the terms of the lock file. */
export function lockedPlugins(planned: readonly Planned[], ready: readonly Ready[]): LockedPlugins {
  const contents = new Map(ready.map(({ plan, checked }) => [plan, checked.content]));
  return Object.fromEntries(
    planned.map((plan) => {
      const content = plan.keep?.content ?? contents.get(plan);
      return [plan.plugin.package, lockedPlugin(plan.resolved, content)];
    }),
  );
}

/**
 * Writes the lock file and returns true. A folder that only holds configuration cannot always be written: then the lock is
 * not, and `warnings` says so.
 */
export async function tryToLock(file: string, plugins: LockedPlugins, warnings: string[]): Promise<boolean> {
  try {
    await writeLockFile(file, plugins);
    return true;
  } catch (error) {
    warnings.push(`The lock file was not written: ${(error as Error).message}`);
    return false;
  }
}
