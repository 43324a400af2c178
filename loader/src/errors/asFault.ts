import { StagedoorError } from '@stagedoor/bundle';
import { messageOf, ownFault, plainError } from './thrown';

/** Whatever loading, starting or stopping a bundle threw, as a coded error of ours. */
export function asFault(error: unknown): StagedoorError {
  return ownFault(error) ?? new StagedoorError('LOAD_FAILED', messageOf(error), { cause: plainError(error) });
}
