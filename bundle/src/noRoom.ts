const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EROFS']);

/** True where the disk is what an error is about, full or read-only, and not what was to be written. */
export function isNoRoom(error: unknown): boolean {
  const { code, cause } = error as NodeJS.ErrnoException & { cause?: unknown };
  return NO_ROOM.has(code ?? '') || (cause instanceof Error && isNoRoom(cause));
}
