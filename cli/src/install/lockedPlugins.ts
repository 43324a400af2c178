import { redactAddress, replaceFile } from '@stagedoor/bundle';
import type { Ready } from './fetchAll';
import { formatLockFile, lockedPlugin, readLockText, type LockedPlugins } from './lockFile';
import type { Planned } from './resolveAll';

/** What a plan comes to, in the terms of the lock file. */
export function lockedPlugins(planned: readonly Planned[], ready: readonly Ready[]): LockedPlugins {
  const contents = new Map(ready.map(({ plan, checked }) => [plan, checked.content]));
  const locked: LockedPlugins = {};
  for (const plan of planned) {
    const content = plan.keep?.content ?? contents.get(plan);
    locked[freeName(locked, redactAddress(plan.plugin.package))] = lockedPlugin(plan.resolved, content);
  }
  return locked;
}

/** Two addresses may differ by secrets alone: the second of them is numbered, in the order of the list. */
function freeName(locked: LockedPlugins, shown: string): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? shown : `${shown} (${number})`;
    if (!Object.hasOwn(locked, name)) return name;
  }
}

/**
 * Writes the lock file where it does not say that already; true if it was written. A folder that only holds
 * configuration cannot be: `warnings` then says so, unless nothing was `installed` and there is no lock.
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
  const what = there ? `${file} does not match what was installed` : 'The installed versions are not locked';
  return (
    `${what}, because the file cannot be written: ${message}. To install the same versions again, create it where the list ` +
    'is maintained, with `stagedoor install` or `stagedoor mirror`, put it beside the list, and pass --frozen.'
  );
}
