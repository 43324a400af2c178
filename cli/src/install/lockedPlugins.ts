import { replaceFile } from '../temporary/replaceFile';
import type { Ready } from './fetchAll';
import { formatLockFile, lockedPlugin, readLockText, type LockedPlugins } from './lockFile';
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
 * Writes the lock file where it does not say that already; true where it was written. A folder that only holds
 * configuration cannot be: `warnings` then says so, unless nothing was `installed` and nobody keeps a lock there.
 */
export async function tryToLock(
  file: string,
  plugins: LockedPlugins,
  { installed, warnings }: { installed: boolean; warnings: string[] },
): Promise<boolean> {
  const text = formatLockFile(plugins);
  const there = await readLockText(file);
  if (there === text) return false;
  try {
    await replaceFile(file, text);
    return true;
  } catch (error) {
    if (installed || there !== undefined) warnings.push(unlocked(file, there !== undefined, error as Error));
    return false;
  }
}

function unlocked(file: string, there: boolean, { message }: Error): string {
  const what = there ? `${file} does not say what was installed` : 'What was installed is locked nowhere';
  return (
    `${what}, as it cannot be written: ${message}. Where the same is to be installed tomorrow, make the file where the list ` +
    'can be changed, with `stagedoor install` or `stagedoor mirror`, put it beside the list, and give --frozen.'
  );
}
