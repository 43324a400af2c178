/** True for `npm run soak`: the whole length. The suite runs the same, shorter. */
export const full = process.env.SOAK === 'full';

/** Prints what was measured, for who runs `npm run soak`. */
export function report(what: string, figures: Record<string, unknown>): void {
  process.stdout.write(`${what}: ${JSON.stringify(figures)}\n`);
}
