import type { LockTimes } from '@stagedoor/bundle';
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startProcess, type ChildProcess } from '../../support/childProcess';
import { startWithMounts } from '../../support/mountNamespace';
import { repository } from '../../support/repository';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';

const HOLDER = join(repository, 'test/fixtures/lock/holder.cjs');

/** A lease that no test waits for: what happens with it is known for certain. */
export const NEVER: LockTimes = { renewMs: 100, leaseMs: 600_000, pollMs: 20 };
/** Half a second without a sign of life, and a holder that cannot be seen is dead. */
export const SHORT: LockTimes = { renewMs: 50, leaseMs: 500, pollMs: 20 };

/** Where a {@link holder} runs. */
export type Place = 'here' | 'container' | { bootId: string };

/** A machine that shares a volume with this one, as far as a process can tell: its kernel has another boot id. */
export async function otherHost(): Promise<{ bootId: string }> {
  const bootId = join(await tempDir(), 'boot_id');
  await writeFile(bootId, `${randomUUID()}\n`);
  return { bootId };
}

/** A process that takes the lock of `folder`, see test/fixtures/lock/holder.cjs; it ends with the test. */
export function holder(folder: string, options: object, place: Place = 'here'): ChildProcess {
  const command = [process.execPath, HOLDER, folder, JSON.stringify(options)];
  const child =
    place === 'here'
      ? startProcess(command[0]!, command.slice(1))
      : place === 'container'
        ? startWithMounts('exec unshare --pid --fork --kill-child --mount-proc "$@"', command)
        : startWithMounts('mount --bind "$1" /proc/sys/kernel/random/boot_id; shift; exec "$@"', [
            place.bootId,
            ...command,
          ]);
  onTestFinished(async () => void (await child.stop('SIGKILL')));
  return child;
}

/** Waits for a line that a {@link holder} writes. */
export async function says(child: ChildProcess, line: string): Promise<void> {
  await waitFor(`"${line}"`, () => {
    if (child.exit() && !child.stdout().includes(line)) throw new Error(child.output());
    return Promise.resolve(child.stdout().split('\n').includes(line));
  });
}

/** The process of a container; its own number is known only to itself. */
export async function innerPid({ pid }: ChildProcess): Promise<number> {
  return await waitFor('the process of the container', async () =>
    Number((await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ')[0]),
  );
}
