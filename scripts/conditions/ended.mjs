/** What a started command wrote so far, and how it ended. */
export function observe(child) {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  let exit;
  void ended.then((how) => (exit = how));
  return { output: () => output, ended, hasEnded: () => exit !== undefined };
}

/** Sends a signal to a command and all that it started, as a terminal does. */
export function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended.
  }
}

/** Whether the command ended as a case says, `expected` being a part of its message; a text about it where not. */
export function faultOf(what, { code }, output, expected, said) {
  const tail = output.trimEnd().split('\n').slice(-25).join('\n');
  if (expected && code === 0) return `${what} should end with: ${expected}\n${tail}`;
  if (expected && !output.includes(expected)) return `${what} does not say: ${expected}\n${tail}`;
  if (expected && /\n +at /.test(output)) return `${what} shows a stack\n${tail}`;
  if (!expected && code !== 0) return `${what} ended with ${code}\n${tail}`;
  if (said && !said.test(output)) return `${what} does not say ${said}\n${tail}`;
  return undefined;
}
