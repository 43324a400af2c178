/** What a file system or a process that is short of something says; it may have it again later. */
const PASSING = new Set([
  'EACCES',
  'EAGAIN',
  'EBUSY',
  'EDQUOT',
  'EHOSTDOWN',
  'EIO',
  'EMFILE',
  'ENFILE',
  'ENOLCK',
  'ENOMEM',
  'ENOSPC',
  'ENOTCONN',
  'EPERM',
  'EREMOTEIO',
  'EROFS',
  'ESTALE',
  'ETIMEDOUT',
]);

/** The code of the system error behind an error that may pass by itself; undefined for one that stays until something is changed. */
export function passingCause(error: unknown): string | undefined {
  let at: unknown = error;
  for (let depth = 0; depth < 5 && at instanceof Error; depth += 1, at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === 'string' && PASSING.has(code)) return code;
  }
  return undefined;
}

/** Those of {@link PASSING} that say that something is short or broken, and not that it is forbidden. */
const SHORTAGES = new Set(['EAGAIN', 'EBUSY', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE', 'ENOMEM', 'ENOSPC', 'ESTALE']);

/** True for an error of code that ran which is no fault of the code: it may run when there is again what it lacked. */
export function isShortage(error: unknown): boolean {
  return SHORTAGES.has(passingCause(error) ?? '');
}
