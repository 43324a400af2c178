const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EROFS']);

/** True for an error of the disk, full or read-only, rather than of the written content. */
export function isNoRoom(error: unknown): boolean {
  const { code, cause } = error as NodeJS.ErrnoException & { cause?: unknown };
  return NO_ROOM.has(code ?? '') || (cause instanceof Error && isNoRoom(cause));
}
