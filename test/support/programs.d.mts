/** A program that tests need beside Node.js. See programs.mjs. */
export type Program = 'chromium' | 'curl' | 'docker-registry' | 'openssl' | 'postgres' | 'skopeo' | 'unshare';
/** The Debian package that brings each. */
export const PACKAGES: Record<Program, string>;
/** Its path; undefined where it is not installed, or cannot do here what it is for. */
export function findProgram(name: Program): string | undefined;
/** The test files that need what is not installed, as paths below test/, and a line for each such program. */
export function notRunHere(): { files: string[]; lines: string[] };
