import { isStagedoorError } from '@stagedoor/bundle';

/** Something that is not as it should be. */
export interface Finding {
  /** `error`: it does not work. `warning`: it works, and something better is to be had. */
  level: 'error' | 'warning';
  /** What it is about: a file, a key of app-config, a drop. */
  subject: string;
  message: string;
  /** What to do about it. */
  fix: string;
  /** Of an error that a command or portal would report, its code. */
  code?: string;
}

/** A fault that a command or portal would report, as a finding. Anything uncoded is a bug of ours and is thrown. */
export function findingOf(error: unknown, subject: string, level: Finding['level'] = 'error'): Finding {
  if (!isStagedoorError(error)) throw error;
  return { level, subject, message: error.message, fix: error.hint ?? '', code: error.code };
}
