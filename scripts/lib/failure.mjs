/** An error that a person running a script can act on: what happened, and what to do. */
export class Failure extends Error {
  constructor(message, hint) {
    super(message);
    this.hint = hint;
  }
}

/** Runs a script's main function; a Failure is shown with its hint, anything else with its stack, both exit 1. */
export async function runScript(main) {
  try {
    await main();
  } catch (error) {
    const text = error instanceof Failure ? `error: ${error.message}\n  hint: ${error.hint}` : error.stack;
    process.stderr.write(`\n${text}\n`);
    process.exitCode = 1;
  }
}
