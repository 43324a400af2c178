import { StagedoorError } from '@stagedoor/bundle';

export function historyDamaged(path: string, renamedTo: string): StagedoorError {
  return new StagedoorError('STATE_FILE_DAMAGED', `${path} cannot be parsed; it was renamed to ${renamedTo}.`, {
    hint: 'The history of the plugins begins anew; everything else is kept.',
  });
}
