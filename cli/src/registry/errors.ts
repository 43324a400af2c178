import { StagedoorError } from '@stagedoor/bundle';

/** No version of the package is in the range or has the tag. */
export function versionNotFound(spec: string, cause: Error): StagedoorError {
  return new StagedoorError('PACKAGE_NOT_FOUND', `${spec}: ${cause.message}`, { cause });
}

/** `why`: what is wrong with the list of versions. */
export function notChosen(spec: string, why: string, cause?: unknown): StagedoorError {
  return new StagedoorError('FETCH_FAILED', `${spec}: ${why}`, { cause });
}

/** `url`: the address of the list of versions. */
export function registryRefused(
  url: string,
  { status, statusText }: { status: number; statusText: string },
): StagedoorError {
  const code = status === 404 ? 'PACKAGE_NOT_FOUND' : 'FETCH_FAILED';
  return new StagedoorError(code, `${url} answers ${status} ${statusText}.`);
}

export function listNotFetched(shown: string, why: string, cause: unknown): StagedoorError {
  return new StagedoorError('FETCH_FAILED', `${shown} could not be fetched: ${why}.`, { cause });
}
