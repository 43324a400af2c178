import { StagedoorError, isStagedoorError } from '@stagedoor/bundle';

/** Whatever loading, starting or stopping a bundle threw, as a coded error. */
export function asFault(error: unknown): StagedoorError {
  if (isStagedoorError(error)) return error;
  return new StagedoorError('LOAD_FAILED', (error as Error)?.message ?? String(error), { cause: error });
}
