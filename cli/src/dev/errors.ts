import { StagedoorError } from '@stagedoor/bundle';

/** A build threw something that is not an error with a code. */
export function buildThrew(thrown: unknown): StagedoorError {
  return new StagedoorError('BUILD_FAILED', String(thrown));
}

export function archiveInTheWay(path: string, name: string): StagedoorError {
  return new StagedoorError('ROOT_ENTRY_TAKEN', `${path} contains ${name}, and the portal could run it instead.`, {
    hint: 'Remove that archive from the root directory.',
  });
}

export function installedInTheWay(path: string, name: string): StagedoorError {
  return new StagedoorError('ROOT_ENTRY_TAKEN', `${path} is a link to an installed ${name}.`, {
    hint: 'Remove the plugin from the list of plugins and install again, or develop with another root directory.',
  });
}

export function rootNotAFolder(root: string): StagedoorError {
  return new StagedoorError('USAGE', `${root} is not a folder.`, {
    hint: 'Pass the folder that dynamicPlugins.rootDirectory names in the app-config of the portal.',
  });
}
