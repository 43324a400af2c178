import { writeSync } from 'node:fs';
import { stringify, textSet, type TextSet } from './primordials';

/** Prefix of the line on stderr by which a thread of a confined process reports a denial to the portal. */
export const DENIAL_PREFIX = 'stagedoor-denied ';

const STDERR = 2;
/** A plugin that tries every port must not fill the log. */
const MOST_TOLD = 20;

const told: TextSet = textSet();
let count = 0;

/** An error as Node's permission model throws it. */
export function deniedError(message: string): Error {
  return Object.assign(new Error(message), { code: 'ERR_ACCESS_DENIED' });
}

/** Reports a denied target to the portal, once for each. */
export function tellDenied(target: string): void {
  if (target in told || count >= MOST_TOLD) return;
  told[target] = true;
  count++;
  try {
    writeSync(STDERR, `\n${DENIAL_PREFIX}${stringify(target)}\n`);
  } catch {
    // The pipe has no reader; the plugin is denied all the same.
  }
}
