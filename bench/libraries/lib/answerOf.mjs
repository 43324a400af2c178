import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from '../../../scripts/lib/repository.mjs';

const CHILD = join(repository, 'bench/libraries/answer.cjs');
const TIMEOUT_MS = 60_000;

/**
 * What the exercise of the plugin with this entry answers in a process of its own, in an empty folder: `value` or `error`,
 * as JSON.
 */
export async function answerOf(entry) {
  const home = await mkdtemp(join(tmpdir(), 'stagedoor-exercise-'));
  const child = spawn(process.execPath, [CHILD, entry], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, TMPDIR: home, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: true,
  });
  let stderr = '';
  child.stderr.on('data', (text) => (stderr = (stderr + text).slice(-2000)));
  let timer;
  try {
    return await new Promise((resolve, reject) => {
      const fail = (error) => resolve(JSON.stringify({ error }));
      timer = setTimeout(() => fail(`no answer within ${TIMEOUT_MS / 1000} s`), TIMEOUT_MS);
      child.on('error', reject);
      child.on('message', resolve);
      child.on('exit', (code, signal) =>
        fail(`the process ended with ${signal ?? code}: ${stderr.trim().split('\n').at(-1)}`),
      );
    });
  } finally {
    clearTimeout(timer);
    endGroup(child);
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

/** Ends the process and all that it started. */
function endGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
