import { findProgram, PACKAGES, type Program } from './programs.mjs';

/**
 * The path of a program that a Debian package brings. Where it is not installed, the test files that call this with its name, or
 * import what calls it, are not run: see programs.mjs.
 */
export function debianProgram(name: Program): string {
  const file = findProgram(name);
  if (!file) throw new Error(`${name} is not installed: apt-get install ${PACKAGES[name]}`);
  return file;
}
