import { MANIFEST_FILE, StagedoorError } from '@stagedoor/bundle';

export function dropUnreadable(entry: string, cause: unknown): StagedoorError {
  return new StagedoorError('DROP_UNREADABLE', `${entry} cannot be read: ${(cause as Error).message}`, { cause });
}

export function stagedCopyUnreadable(name: string, cause: unknown): StagedoorError {
  const message = `The staged copy of ${name} cannot be read: ${(cause as Error).message}`;
  return new StagedoorError('DROP_UNREADABLE', message, {
    hint: 'Give the portal process read permission on dynamicPlugins.stateDirectory, or mount its volume again.',
    cause,
  });
}

export function manifestAbsent(entry: string): StagedoorError {
  return new StagedoorError(
    'MANIFEST_INVALID',
    `${entry}: package.json announces a ${MANIFEST_FILE}, which is missing.`,
  );
}

export function manifestOfOtherPackage(entry: string): StagedoorError {
  return new StagedoorError('MANIFEST_INVALID', `${entry}: package.json and ${MANIFEST_FILE} name different packages.`);
}

export function stateUnwritable(path: string, cause: unknown): StagedoorError {
  return new StagedoorError('STATE_UNWRITABLE', `${path}: ${(cause as Error).message}`, { cause });
}

/** `holder`: the process that has the lock, where it is known. */
export function stateDirectoryInUse(stateDir: string, holder?: { pid: number; host: string }): StagedoorError {
  const who = holder ? `Process ${holder.pid} on ${holder.host}` : 'Another process';
  return new StagedoorError('STATE_DIRECTORY_IN_USE', `${who} already uses ${stateDir}.`);
}
