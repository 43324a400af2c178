import { StagedoorError } from '@stagedoor/bundle';

/** `what` was to be unpacked into a temporary folder. */
export function cannotUnpack(what: string, cause: Error): StagedoorError {
  return new StagedoorError('OUTPUT_UNWRITABLE', `${what} cannot be unpacked: ${cause.message}`, {
    hint: 'Free space in the temporary folder, or set TMPDIR to another folder.',
    cause,
  });
}

export function temporaryUnusable(cause: Error): StagedoorError {
  return new StagedoorError('OUTPUT_UNWRITABLE', `The temporary folder cannot be used: ${cause.message}`, {
    hint: 'Free space in the temporary folder, or set TMPDIR to another folder.',
    cause,
  });
}

export function folderUnwritable(place: string, cause: Error): StagedoorError {
  return new StagedoorError('OUTPUT_UNWRITABLE', `${place}: ${cause.message}`, {
    hint: 'Give the process write permission on that folder, and free space on its disk.',
    cause,
  });
}
