import { StagedoorError } from '@stagedoor/bundle';

export function rootDirectoryUnset(): StagedoorError {
  return new StagedoorError('ROOT_UNWRITABLE', 'This portal has no dynamicPlugins.rootDirectory.');
}

export function operationUnknown(id: string): StagedoorError {
  return new StagedoorError('OPERATION_UNKNOWN', `There is no operation '${id}'.`);
}
