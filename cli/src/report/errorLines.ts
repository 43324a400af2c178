import { isStagedoorError, redactAddresses } from '@stagedoor/bundle';

/**
 * An error with its code and hint, line by line; an error without a code is a bug and shows its stack. `where` precedes the
 * message.
 */
export function errorLines(error: unknown, where = ''): string[] {
  const prefix = where === '' ? '' : `${where}: `;
  if (!isStagedoorError(error)) {
    const text = error instanceof Error ? error.stack : String(error);
    return [`error: ${prefix}${redactAddresses(String(text))}`];
  }
  const message = error.message.split('\n').map(printable).join('\n');
  return [`error ${error.code}: ${prefix}${message}`, ...(error.hint ? [`hint: ${error.hint}`] : [])];
}

/** Text of foreign origin in one line of a report: it must not move the cursor, colour or hide what follows. */
export function printable(line: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is replaced
  return line.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '\uFFFD');
}
