import { StagedoorError } from '@stagedoor/bundle';

export function settingsInvalid(faults: string[]): StagedoorError {
  return new StagedoorError('SETTING_INVALID', faults.join('; '), { details: { faults } });
}
