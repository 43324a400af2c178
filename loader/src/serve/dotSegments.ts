import type { Response } from 'express';

/** Few targets contain a dot, and every request is checked. */
const MAYBE_DOT = /\.|%2e/i;

/**
 * True for a request target with a segment that means "here" or "up" to code that normalises it: `.` or `..`, plain or
 * encoded, between any separators that some parser reads as a slash.
 * Express matches raw paths, and so does the session check. A plugin that reads `new URL(request.url)` sees another path:
 * `/open/../secret` is below `/open` to the check, and `/secret` to the plugin. Clients do not send such segments, because
 * they resolve them first (RFC 3986, section 5.2.4).
 */
export function hasDotSegment(target: string): boolean {
  if (!MAYBE_DOT.test(target)) return false;
  const path = target.split(/[?#]/, 1)[0]!;
  return path.split(/\/|\\|%2f|%5c/i).some((segment) => /^(\.|%2e){1,2}(;|$)/i.test(segment));
}

/** Answers 400. */
export function refuseDotSegment(response: Response): void {
  response.status(400).json({ error: { name: 'InputError', message: 'The path contains a dot segment' } });
}
