/** Text of foreign origin in one line of a report: it must not move the cursor, colour or hide what follows. */
export function printable(line: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is replaced
  return line.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '\uFFFD');
}
