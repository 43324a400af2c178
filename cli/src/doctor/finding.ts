import { isStagedoorError } from '@stagedoor/bundle';

/** A problem. */
export interface Finding {
  /** `error`: it does not work. `warning`: it works, but could be better. */
  level: 'error' | 'warning';
  /** What it is about: a file, a key of app-config, a drop. */
  subject: string;
  message: string;
  /** What to do about it. */
  fix: string;
  /** Of an error that a command or portal would report, its code. */
  code?: string;
}

/** An error that a command or portal would report, as a finding. Errors without a code are bugs and are thrown. */
export function findingOf(error: unknown, subject: string, level: Finding['level'] = 'error'): Finding {
  if (!isStagedoorError(error)) throw error;
  return { level, subject, message: error.message, fix: error.hint ?? '', code: error.code };
}
