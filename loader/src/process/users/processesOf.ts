import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { endProcesses } from '../runningProcesses';

const ROUNDS = { most: 100, pauseMs: 10 };

/** Ends every process of some users, whatever it did to its environment, group or parent; resolves when none is left. */
export async function endProcessesOf(users: readonly number[]): Promise<void> {
  const ids = new Set(users);
  await endProcesses((pid) => runsAs(pid, ids), ROUNDS);
}

/** The next start ends the rest: the shutdown of a portal must not wait for it. */
const MOST_EMPTYING_MS = 10_000;
/** Empties a folder. */
const EMPTY = `const fs = require('fs');
for (const name of fs.readdirSync('.')) fs.rmSync(name, { recursive: true, force: true });`;

/**
 * Empties a folder as the user that owns it. Root could be redirected: files are removed by name, and that user's processes
 * may replace a folder by a link meanwhile.
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

async function runsAs(pid: number, users: ReadonlySet<number>): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const ids = /^Uid:(.*)$/m.exec(status)?.[1]?.trim().split(/\s+/).map(Number) ?? [];
  const hasEnded = /^State:\s*[ZX]/m.test(status);
  return !hasEnded && ids.some((id) => users.has(id));
}
