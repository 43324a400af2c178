import { StagedoorError } from '../error';

export function archiveTooLarge(source: string, reason: string, hint?: string): StagedoorError {
  return new StagedoorError('ARCHIVE_TOO_LARGE', `${source} is too large: ${reason}.`, { ...(hint && { hint }) });
}

export function occursTwice(path: string): StagedoorError {
  return new StagedoorError('ARCHIVE_UNSAFE', `${JSON.stringify(path)} occurs twice, perhaps in different case.`);
}

export function pathUnsafe(path: string): StagedoorError {
  return entryUnsafe(path, 'is not a plain relative path.');
}

/** `what` ends the sentence that begins with the path. */
export function entryUnsafe(path: string, what: string): StagedoorError {
  return new StagedoorError('ARCHIVE_UNSAFE', `${JSON.stringify(path.slice(0, 200))} ${what}`);
}

export function linkLeadsOutside(path: string): StagedoorError {
  return new StagedoorError('ARCHIVE_UNSAFE', `${path} is a link that does not lead to a file inside the drop.`, {
    hint: 'Drop a folder without links, for example one copied with `cp -rL`.',
  });
}

export function notAFile(path: string): StagedoorError {
  return new StagedoorError('ARCHIVE_UNSAFE', `${path} is neither a file, a folder nor a link.`);
}

export function headerOversized(shown: string): StagedoorError {
  return new StagedoorError('ARCHIVE_UNSAFE', `${shown} contains an oversized extended header.`);
}

export function dataAfterEnd(shown: string): StagedoorError {
  return new StagedoorError('ARCHIVE_UNSAFE', `${shown} contains data after its end marker.`);
}

export function archiveTruncated(shown: string): StagedoorError {
  return new StagedoorError('ARCHIVE_INVALID', `${shown} is truncated: its end marker is missing.`);
}

export function blockTruncated(): StagedoorError {
  return new StagedoorError('ARCHIVE_INVALID', 'The archive ends in the middle of a block.');
}

export function archiveUnreadable(shown: string, cause: unknown): StagedoorError {
  return new StagedoorError('ARCHIVE_INVALID', `${shown} cannot be read: ${(cause as Error).message}`, { cause });
}

export function archiveNotAFile(shown: string): StagedoorError {
  return new StagedoorError('ARCHIVE_INVALID', `${shown} is not a file.`);
}

export function zstdUnsupported(): StagedoorError {
  return new StagedoorError('ARCHIVE_INVALID', 'This Node.js cannot read zstd.');
}

export function cannotExtractTo(dir: string, cause: unknown): StagedoorError {
  return new StagedoorError('OUTPUT_UNWRITABLE', `${dir}: ${(cause as Error).message}`, {
    hint: 'Free space on the disk, or correct the permissions of the folder.',
    cause,
  });
}
