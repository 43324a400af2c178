/** Paths that a plugin opens, as the session check matches them: no regard to case, `*` means all. */
function normal(path: string): string {
  const all = path === '*' ? '/' : path;
  return all.toLowerCase().replace(/(.)\/+$/, '$1');
}

/**
 * True when a path that a plugin declares is one of those listed or below one. The session check reads a path as a
 * pattern (path-to-regexp 8): what stands before the first parameter is matched as it is, so a pattern that begins with a
 * listed path matches nothing outside it.
 */
export function isListed(declared: string, listed: readonly string[]): boolean {
  const path = normal(declared);
  return listed.map(normal).some((open) => open === '/' || path === open || path.startsWith(`${open}/`));
}
