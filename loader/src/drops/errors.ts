import { StagedoorError } from '@stagedoor/bundle';

/** Largest archive that an upload may have, in bytes. */
export const MAX_UPLOAD_BYTES = 64 * 1024 * 1024;

export function uploadTooLarge(): StagedoorError {
  return new StagedoorError('UPLOAD_TOO_LARGE', `The upload is larger than ${MAX_UPLOAD_BYTES / 1024 / 1024} MiB.`);
}

export function uploadIncomplete(cause: unknown): StagedoorError {
  return new StagedoorError('ARCHIVE_INVALID', 'The connection closed before the upload was complete.', { cause });
}

export function uploadEntryTaken(entry: string, packageName = 'an unreadable bundle'): StagedoorError {
  return new StagedoorError('UPLOAD_ENTRY_TAKEN', `${entry} in the root directory contains ${packageName}.`, {
    hint: `Rename ${entry}, then upload again.`,
  });
}

/** A drop and the version that it contains. */
interface RankedDrop {
  entry: string;
  version: string;
}

export function uploadOutranked(upload: { name: string; version: string }, winner: RankedDrop): StagedoorError {
  return new StagedoorError(
    'UPLOAD_OUTRANKED',
    `${upload.name} ${upload.version} would have no effect: ${winner.entry} contains ${winner.version}.`,
    { hint: `Remove ${winner.entry} from the root directory, or upload a higher version.` },
  );
}

export function rootUnwritable(entry: string, cause: Error): StagedoorError {
  return new StagedoorError('ROOT_UNWRITABLE', `${entry} cannot be written: ${cause.message}`, { cause });
}

/** `drop` is what the operator has to delete instead. */
export function notUploaded(name: string, drop: string): StagedoorError {
  return new StagedoorError('PLUGIN_NOT_UPLOADED', `${name} was not uploaded.`, {
    hint: `Delete ${drop}. If \`stagedoor install\` put it there, disable it in dynamic-plugins.yaml and install again.`,
  });
}

export function notDeletable(entry: string, cause: Error): StagedoorError {
  return new StagedoorError('ROOT_UNWRITABLE', `${entry} cannot be deleted: ${cause.message}`, { cause });
}
