import { StagedoorError } from '@stagedoor/bundle';

export function assetChanged(packageName: string, path: string): StagedoorError {
  return new StagedoorError('DIGEST_MISMATCH', `${path} of ${packageName} does not match its manifest.`);
}

export function remoteInvalid(packageName: string, why: string, cause?: unknown): StagedoorError {
  return new StagedoorError('REMOTE_INVALID', `${packageName} is not a Module Federation remote: ${why}.`, { cause });
}
