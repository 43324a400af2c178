import { StagedoorError } from '@stagedoor/bundle';

/** What every question about a bundle that is not there is answered. */
export function unknownPlugin(name: string): StagedoorError {
  return new StagedoorError('PLUGIN_UNKNOWN', `There is no dynamic plugin '${name}'.`);
}
