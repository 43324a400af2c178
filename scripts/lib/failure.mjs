/** An error that the user of a script can act on: what happened, with a hint. */
export class Failure extends Error {
  constructor(message, hint) {
    super(message);
    this.hint = hint;
  }
}

/** Hints for errors of the machine, by Node.js error code. */
const HINTS = {
  EACCES: 'Give this user the right to read and write there, or use a clone of your own.',
  EDQUOT: 'Free space: the quota of this user is used up.',
  EMFILE: 'Allow more open files: `ulimit -n 4096`, then try again.',
  ENOSPC: 'Free space on that disk, then try again.',
  EPERM: 'Give this user the right to read and write there, or use a clone of your own.',
  EROFS: 'Use a clone on a file system that may be written.',
};

/**
 * Runs a script's main function; a Failure and an error of the machine are shown with a hint, anything else with its stack,
 * all with exit code 1.
 */
export async function runScript(main) {
  try {
    await main();
  } catch (error) {
    const hint = error.hint ?? HINTS[error.code];
    process.stderr.write(`\n${hint ? `error: ${error.message}\n  hint: ${hint}` : error.stack}\n`);
    process.exitCode = 1;
  }
}

/** The hint for an error of the machine in the output of a command, or undefined. */
export function hintIn(output) {
  const code = Object.keys(HINTS).find((each) => output.includes(each));
  return code && HINTS[code];
}
