import { spawn } from 'node:child_process';
import { Failure } from './failure.mjs';

const TAIL_LINES = 30;

/** Runs a command quietly. On failure, throws a Failure with the command as `shown`, the end of its output and `hint(output)`. */
export async function runQuietly(command, args, { hint, shown = [command, ...args].join(' '), ...options }) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const code = await untilExit(child);
  if (code !== 0) {
    const tail = output.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
    throw new Failure(`\`${shown}\` ended with ${child.signalCode ?? code}:\n${tail}`, hint(output));
  }
  return output;
}

/** Runs a command with this terminal and returns its exit code; termination signals are passed on to it. */
export async function runInForeground(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'inherit', ...options });
  return await untilExit(child);
}

/** Waits for a child to end and passes SIGTERM and SIGINT on to it; returns its exit code, 1 if a signal ended it. */
export async function untilExit(child) {
  const forward = (signal) => child.kill(signal);
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, forward);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 1));
    });
  } finally {
    for (const signal of ['SIGTERM', 'SIGINT']) process.off(signal, forward);
  }
}
