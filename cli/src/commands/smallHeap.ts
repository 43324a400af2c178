import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 keep its heap small from here on, at the cost of a few more collections: init containers have little memory, and
 * what a download leaves behind would otherwise be collected late. Call it before anything large is imported.
 */
export function keepHeapSmall(): void {
  for (const flag of ['--optimize-for-size', '--min-semi-space-size=1', '--max-semi-space-size=1'])
    setFlagsFromString(flag);
}
