/** Codes of a file system or process that lacks a resource, which may be available again later. */
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

/** The code of the system error behind an error that may pass by itself; undefined for one that stays until something changes. */
export function passingCause(error: unknown): string | undefined {
  let at: unknown = error;
  for (let depth = 0; depth < 5 && at instanceof Error; depth += 1, at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === 'string' && PASSING.has(code)) return code;
  }
  return undefined;
}

/** Those of {@link PASSING} that mean a shortage or a defect rather than a denial. */
const SHORTAGES = new Set(['EAGAIN', 'EBUSY', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE', 'ENOMEM', 'ENOSPC', 'ESTALE']);

/** True for an error that a shortage caused rather than the code that threw it: the code may succeed later. */
export function isShortage(error: unknown): boolean {
  return SHORTAGES.has(passingCause(error) ?? '');
}
