import { isAbsolute, relative, sep } from 'node:path';

/** True if `child` is `parent` or below it. Both absolute; compares path segments, not prefixes. */
export function isInside(parent: string, child: string): boolean {
  const path = relative(parent, child);
  return path === '' || (path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path));
}

/**
 * True for a path that may name a file inside a bundle: relative, `/`-separated, normalised,
 * no `..`, no empty or dot segment, no backslash, no control character.
 */
export function isBundlePath(path: string): boolean {
  if (path.length === 0 || path.length > 1024 || path.startsWith('/')) return false;
  // eslint-disable-next-line no-control-regex -- control characters are what is refused
  if (/[\\\u0000-\u001f\u007f]/.test(path)) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
