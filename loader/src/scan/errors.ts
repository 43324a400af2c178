import { StagedoorError } from '@stagedoor/bundle';

export function entryUnreadable(entry: string, cause: Error): StagedoorError {
  return new StagedoorError('DROP_UNREADABLE', `${entry} cannot be read: ${cause.message}`, { cause });
}

export function rootUnreadable(root: string, cause: unknown): StagedoorError {
  return new StagedoorError('ROOT_UNREADABLE', `${root} cannot be read: ${(cause as Error).message}`, { cause });
}
