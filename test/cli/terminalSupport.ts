import { spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { bin } from './export/exportSupport';

/**
 * Runs `stagedoor` on a terminal of its own, that of util-linux' `script`: types each answer once the text before it
 * has appeared.
 */
export async function onTerminal(
  cwd: string,
  args: string[],
  dialogue: Array<[text: string, answer: string]>,
): Promise<{ code: number | null; output: string }> {
  const program = [process.execPath, bin, ...args].map((part) => `'${part}'`).join(' ');
  // It would have no size otherwise, and each character a line of its own.
  const command = `stty cols 100 rows 40; exec ${program}`;
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
    cwd,
    env: { ...process.env, NODE_ENV: undefined, CI: undefined, TERM: 'xterm' },
  });
  onTestFinished(() => void child.kill());
  let output = '';
  let seen = 0;
  const left = [...dialogue];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    const [text, answer] = left[0] ?? [];
    const at = text === undefined ? -1 : output.indexOf(text, seen);
    if (at < 0 || answer === undefined) return;
    left.shift();
    seen = output.length;
    child.stdin.write(answer);
  });
  const code = await new Promise<number | null>((ended, failed) => child.once('error', failed).once('close', ended));
  return { code, output };
}
