import { StagedoorError } from '@stagedoor/bundle';

export function nothingToDiagnose(folder: string): StagedoorError {
  return new StagedoorError('USAGE', `${folder} contains neither a package.json nor an app-config.yaml.`, {
    hint: 'Pass the folder of a plugin package or of a portal, or the config files of a portal with --config.',
  });
}

export function configFileMissing(cause: Error): StagedoorError {
  return new StagedoorError('CONFIG_FILE_MISSING', cause.message, { cause });
}

export function configUnreadable(cause: Error): StagedoorError {
  return new StagedoorError('SETTING_INVALID', cause.message, { cause });
}

export function keyUnreadable(cause: Error): StagedoorError {
  return new StagedoorError('KEY_INVALID', cause.message, { cause });
}
