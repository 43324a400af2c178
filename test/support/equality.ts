import { expect } from 'vitest';

// Compared byte by byte in JavaScript, megabytes take a minute.
expect.addEqualityTesters([
  (a: unknown, b: unknown) =>
    a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) === 0 : undefined,
]);
