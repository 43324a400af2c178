import { StagedoorError } from '@stagedoor/bundle';

export function folderOutsideWorkspace(folder: string, file: string, patterns: readonly string[]): StagedoorError {
  return new StagedoorError('USAGE', `${folder} does not match the workspace folders in ${file}.`, {
    hint: `Choose a folder that matches ${patterns.join(', ')}, or add this one to ${file}.`,
  });
}

export function namesInvalid(faults: readonly string[]): StagedoorError {
  return new StagedoorError('USAGE', faults.join('\n'));
}

export function targetExists(dir: string): StagedoorError {
  return new StagedoorError('TARGET_NOT_EMPTY', `${dir} already exists.`);
}
