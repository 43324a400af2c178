import { StagedoorError } from '@stagedoor/bundle';

export function sameOutput(one: string, other: string, folder: string): StagedoorError {
  return new StagedoorError('USAGE', `${one} and ${other} would both be written to ${folder}.`, {
    hint: 'Omit --out, or export them separately with --filter.',
  });
}

export function noPlugins(root: string, packages: number, file: string): StagedoorError {
  return new StagedoorError(
    'WORKSPACE_EMPTY',
    `${root}: none of the ${packages} packages that ${file} names is a plugin.`,
  );
}

export function filterMatchesNothing(filters: readonly string[], names: readonly string[]): StagedoorError {
  return new StagedoorError('WORKSPACE_EMPTY', `--filter ${filters.join(' --filter ')} matches no plugin.`, {
    hint: `The workspace has ${names.join(', ')}.`,
  });
}

/** `why` says what is wrong with the file. */
export function workspaceInvalid(file: string, why: string, cause?: unknown): StagedoorError {
  return new StagedoorError('WORKSPACE_INVALID', `${file}${why}`, { cause });
}
