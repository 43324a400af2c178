import { StagedoorError } from '@stagedoor/bundle';

export function configFilesMissing(files: readonly string[]): StagedoorError {
  return new StagedoorError('CONFIG_FILE_MISSING', `There is no ${files.join(', no ')}.`);
}

export function usage(cause: Error): StagedoorError {
  return new StagedoorError('USAGE', `${cause.message} Accepted: --config <file>, --help, --version.`, {
    hint: 'Run stagedoor-portal --help.',
    cause,
  });
}

export function portInUse(port: number | undefined, cause: unknown): StagedoorError {
  const which = port === undefined ? 'the port of backend.listen' : `port ${port}`;
  return new StagedoorError('PORT_IN_USE', `Another process listens on ${which}.`, { cause });
}

export function startFailed(message: string, hint: string | undefined, cause: unknown): StagedoorError {
  return new StagedoorError('PORTAL_START_FAILED', message, { hint, cause });
}
