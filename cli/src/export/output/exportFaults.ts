import { accessSync, constants } from 'node:fs';
import { StagedoorError } from '@stagedoor/bundle';

/** Error codes of Node.js for a failed write. */
const WRITE_FAULTS: Record<string, string> = {
  ENOSPC: 'Free space on that disk, or choose a folder on another one with --out.',
  EDQUOT: 'Free space within your quota, or choose a folder on another disk with --out.',
  EFBIG: 'Raise the limit on file sizes (`ulimit -f`), or choose a folder on another disk with --out.',
  EROFS: 'Choose a folder on a disk that can be written with --out.',
  ENAMETOOLONG: 'Choose a folder with a shorter path with --out.',
};
const READ_FAULTS = new Set(['EACCES', 'EPERM', 'EIO', 'ENOENT', 'ELOOP', 'EISDIR', 'ENOTDIR', 'EMFILE', 'ENFILE']);
const ESBUILD_GONE = /^The service (was stopped|is no longer running)/;
const ESBUILD_MISSING = /esbuild/;

/**
 * The coded error for what Node.js and esbuild throw while a bundle is written to `out`: OUTPUT_UNWRITABLE,
 * SOURCE_UNREADABLE or BUILD_FAILED, with the original as cause. Anything else comes back as it is.
 */
export function explainFault(error: unknown, out: string): unknown {
  if (!(error instanceof Error) || error instanceof StagedoorError) return error;
  return isEsbuildGone(error) || isEsbuildMissing(error) ? esbuildFault(error) : fileFault(error, out);
}

/** True when esbuild's own process ended before its work, as it does on Ctrl-C. */
export function isEsbuildGone(error: unknown): boolean {
  return error instanceof Error && ESBUILD_GONE.test(error.message);
}

/** esbuild names the package that is missing or of another platform; its build errors have a list of their own. */
function isEsbuildMissing(error: Error): boolean {
  return !('errors' in error) && !('syscall' in error) && ESBUILD_MISSING.test(error.message.split('\n')[0]!);
}

function esbuildFault(cause: Error): StagedoorError {
  const message = `esbuild did not run: ${cause.message.split('\n')[0]}`;
  const hint = isEsbuildGone(cause)
    ? 'Something ended the process of esbuild: free memory.'
    : 'Install the dependencies anew on this machine: esbuild has a package for each platform.';
  return new StagedoorError('BUILD_FAILED', message, { cause, hint });
}

function fileFault(cause: NodeJS.ErrnoException & { dest?: string }, out: string): Error {
  const { code = '', path, dest, syscall } = cause;
  if (!syscall) return cause;
  if (code in WRITE_FAULTS) return outputUnwritable(cause, out);
  if (!READ_FAULTS.has(code)) return cause;
  if (dest !== undefined && path !== undefined && isReadable(path)) return outputUnwritable(cause, out);
  return new StagedoorError('SOURCE_UNREADABLE', cause.message, { cause });
}

/** OUTPUT_UNWRITABLE for what Node.js said when it wrote to `out`. */
export function outputUnwritable(cause: NodeJS.ErrnoException, out: string): StagedoorError {
  return new StagedoorError('OUTPUT_UNWRITABLE', `${out}: ${cause.message}`, {
    cause,
    hint: WRITE_FAULTS[cause.code ?? ''],
  });
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
