import type { Response } from 'express';

/** Few targets hold a dot at all, and every request is asked. */
const MAYBE_DOT = /\.|%2e/i;

/**
 * True for a request target with a segment that means "here" or "up" to whoever normalises it: `.` or `..`, plain or
 * encoded, between any of the separators that some parser takes for a slash.
 *
 * Express matches paths as they were sent, and so does the session check. A plugin that reads `new URL(request.url)` sees
 * another path: `/open/../secret` is below `/open` to the check, and `/secret` to the plugin. Clients send no such
 * segments, they resolve them first (RFC 3986, section 5.2.4).
 */
export function hasDotSegment(target: string): boolean {
  if (!MAYBE_DOT.test(target)) return false;
  const path = target.split(/[?#]/, 1)[0]!;
  return path.split(/\/|\\|%2f|%5c/i).some((segment) => /^(\.|%2e){1,2}(;|$)/i.test(segment));
}

/** Answers 400. */
export function refuseDotSegment(response: Response): void {
  response.status(400).json({ error: { name: 'InputError', message: 'The path holds a dot segment' } });
}
