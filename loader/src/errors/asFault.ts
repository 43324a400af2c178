import type { StagedoorError } from '@stagedoor/bundle';
import { codeThrew } from './errors';
import { messageOf, ownFault, plainError } from './thrown';

/** Any error from loading, starting or stopping a bundle, as an error with a code. */
export function asFault(error: unknown): StagedoorError {
  return ownFault(error) ?? codeThrew(messageOf(error), plainError(error));
}
