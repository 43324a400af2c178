import { StagedoorError } from '@stagedoor/bundle';

export function downloadRefused(shown: string, { status, statusText }: Response): StagedoorError {
  return new StagedoorError('DOWNLOAD_FAILED', `${shown} answers ${status} ${statusText}.`);
}

export function downloadFailed(shown: string, why: string, cause: unknown): StagedoorError {
  return new StagedoorError('DOWNLOAD_FAILED', `${shown}: ${why}.`, { cause });
}

/** The address is not shown: it may contain secrets in a place where redaction cannot find them. */
export function addressInvalid(): StagedoorError {
  return new StagedoorError('DOWNLOAD_FAILED', 'The address of the bundle is not a valid URL.');
}

export function bundleNotFound(path: string): StagedoorError {
  return new StagedoorError('BUNDLE_NOT_FOUND', `${path} is neither a folder nor a file.`);
}
