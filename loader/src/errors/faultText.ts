import type { CodedError } from '@stagedoor/bundle';

/** A coded error as one line of the log, with the hint where it has one. */
export function faultText({ code, message, hint }: CodedError): string {
  return `${code}: ${message}${hint ? ` Hint: ${hint}` : ''}`;
}
