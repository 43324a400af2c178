import { StagedoorError } from '@stagedoor/bundle';

export function unknownPlugin(name: string): StagedoorError {
  return new StagedoorError('PLUGIN_UNKNOWN', `There is no dynamic plugin '${name}'.`);
}

/** Code of a plugin threw an error of its own. */
export function codeThrew(message: string, cause: Error): StagedoorError {
  return new StagedoorError('LOAD_FAILED', message, { cause });
}
