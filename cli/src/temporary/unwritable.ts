import { isStagedoorError } from '@stagedoor/bundle';
import { folderUnwritable } from './errors';

/** What a disk says that takes no more; other faults can come of a network as well. */
const DISK = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS']);

/** OUTPUT_UNWRITABLE for a fault of the file system in a place that the operator chose; anything else as it is. */
export function asUnwritable(error: unknown, place: string): unknown {
  if (isStagedoorError(error) || !(error instanceof Error) || !('syscall' in error)) return error;
  return folderUnwritable(place, error);
}

/** True if a disk is full, or cannot be written at all. */
export function isDiskFault(error: unknown): boolean {
  return DISK.has((error as NodeJS.ErrnoException | undefined)?.code ?? '');
}
