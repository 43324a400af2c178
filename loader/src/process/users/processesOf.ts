import { spawn } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process may start another one while it is looked for, and takes a moment to end. */
const MOST_ROUNDS = 100;
const BETWEEN_ROUNDS_MS = 10;

/** Ends every process of some users, whatever it did to its environment, group or parent; resolves when none is left. */
export async function endProcessesOf(users: readonly number[]): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const pids = await processesOf(new Set(users));
    if (pids.length === 0) return;
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    }
    await sleep(BETWEEN_ROUNDS_MS);
  }
}

/** What is left then goes with the next start: the end of a portal must not wait for it. */
const MOST_EMPTYING_MS = 10_000;
/** Empties a folder. */
const EMPTY = `const fs = require('fs');
for (const name of fs.readdirSync('.')) fs.rmSync(name, { recursive: true, force: true });`;

/**
 * Empties a folder as the user whom it belongs to. Root could be led elsewhere: what is removed is looked up by name, and that
 * user's processes may put a link in the place of a folder meanwhile.
 */
export async function emptyAs(user: number, folder: string): Promise<void> {
  const child = spawn(process.execPath, ['-e', EMPTY], {
    uid: user,
    gid: user,
    cwd: folder,
    env: {},
    stdio: 'ignore',
    timeout: MOST_EMPTYING_MS,
    killSignal: 'SIGKILL',
  });
  await new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
}

async function processesOf(users: ReadonlySet<number>): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      const ids = /^Uid:(.*)$/m.exec(status)?.[1]?.trim().split(/\s+/).map(Number) ?? [];
      const hasEnded = /^State:\s*[ZX]/m.test(status);
      return !hasEnded && ids.some((id) => users.has(id)) ? [pid] : [];
    }),
  );
  return found.flat();
}
