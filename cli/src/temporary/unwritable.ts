import { StagedoorError, isStagedoorError } from '@stagedoor/bundle';

/** What a disk says that takes no more; other faults can come of a network as well. */
const DISK = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS']);

/** OUTPUT_UNWRITABLE for a fault of the file system in a place that the operator chose; anything else as it is. */
export function asUnwritable(error: unknown, place: string): unknown {
  if (isStagedoorError(error) || !(error instanceof Error) || !('syscall' in error)) return error;
  return new StagedoorError('OUTPUT_UNWRITABLE', `${place}: ${error.message}`, {
    hint: 'Give the process write permission on that folder, and free space on its disk.',
    cause: error,
  });
}

/** True where a disk is full, or cannot be written at all. */
export function isDiskFault(error: unknown): boolean {
  return DISK.has((error as NodeJS.ErrnoException | undefined)?.code ?? '');
}
