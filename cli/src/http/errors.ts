import { StagedoorError, type ErrorCode } from '@stagedoor/bundle';

export function certificatesUnreadable(file: string, cause: Error): StagedoorError {
  return new StagedoorError('CA_INVALID', `${file} cannot be read: ${cause.message}`, { cause });
}

export function noCertificate(file: string): StagedoorError {
  return new StagedoorError('CA_INVALID', `${file} contains no certificate in PEM format.`);
}

/** More bytes than allowed, announced or sent; `code` depends on what was downloaded. */
export function downloadTooLarge(code: ErrorCode, shown: string, bytes: number, limit: string): StagedoorError {
  return new StagedoorError(code, `${shown} is larger than ${bytes} bytes.`, {
    hint: `The limit is ${limit}. Check that the address is the right one.`,
  });
}

export function tooSlow({ shown }: { shown: string }, why: string): StagedoorError {
  return new StagedoorError('DOWNLOAD_TOO_SLOW', `${shown}: ${why}.`);
}

/** `option`: the one that names the file, e.g. `--token-file`. */
export function tokenFileUnusable(file: string, option: string, why: string, cause?: unknown): StagedoorError {
  return new StagedoorError('USAGE', `${file} cannot be used as a token file: ${why}.`, {
    cause,
    hint: `Pass a file that holds nothing but the token with ${option}.`,
  });
}
