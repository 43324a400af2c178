import type { Diagnosis } from '../doctor/options';

/** What was found, with what to do about it. */
export function findingLines({ folder, kinds, findings }: Diagnosis): string[] {
  const errors = findings.filter(({ level }) => level === 'error').length;
  const lines = findings.flatMap(({ level, subject, message, fix, code }) => [
    ...`${level}${code === undefined ? '' : ` ${code}`}: ${subject}: ${message}`.split('\n'),
    ...(fix === '' ? [] : [`  fix: ${fix}`]),
  ]);
  return [...lines, `${kinds.join(' and ')} ${folder}: ${errors} errors, ${findings.length - errors} warnings`];
}
