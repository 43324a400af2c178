import { StagedoorError } from '@stagedoor/bundle';

export function checkFailed(entry: string, cause: Error): StagedoorError {
  return new StagedoorError('DROP_UNREADABLE', `${entry} cannot be checked: ${cause.message}`, { cause });
}
