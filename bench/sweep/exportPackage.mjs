import { spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../../scripts/lib/repository.mjs';

const bin = join(repository, 'cli/bin/stagedoor.js');

/**
 * Exports a published package by name to the folder `out`, with no further `flags` unless given, as a process of its own that ends
 * after `limitMs`: what `--json` prints, `{error: {code, message, hint}}` where it failed, and how long it took.
 */
export async function exportPackage(name, out, limitMs, flags = []) {
  await rm(out, { recursive: true, force: true });
  const cwd = `${out}.cwd`;
  await mkdir(cwd, { recursive: true });
  const started = Date.now();
  try {
    const { stdout, stderr, late } = await run([bin, 'export', name, '--out', out, '--json', ...flags], cwd, limitMs);
    const durationMs = Date.now() - started;
    if (late) return { error: { code: 'LATE', message: `not finished after ${limitMs / 1000} s` }, durationMs };
    const crash = { error: { code: 'CRASH', message: stderr.trim().split('\n').slice(-10).join('\n') } };
    return { ...(parsed(stdout) ?? crash), durationMs };
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

async function run(args, cwd, limitMs) {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const output = { stdout: '', stderr: '', late: false };
  for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (text) => (output[name] += text));
  const end = (signal) => {
    // npm and the start check run in the same group.
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It has ended.
    }
  };
  const timer = setTimeout(() => {
    output.late = true;
    end('SIGTERM');
    setTimeout(end, 5000, 'SIGKILL').unref();
  }, limitMs);
  const interrupted = () => end('SIGTERM');
  process.once('exit', interrupted);
  await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  process.off('exit', interrupted);
  return output;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
