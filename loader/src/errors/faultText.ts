import type { CodedError } from '@stagedoor/bundle';

/** An error with a code as one line of the log, with its hint. */
export function faultText({ code, message, hint }: CodedError): string {
  return `${code}: ${message}${hint ? ` Hint: ${hint}` : ''}`;
}
