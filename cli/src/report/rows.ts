/** What is known of one thing, a line for each fact. */
export function rows(entries: ReadonlyArray<[string, string]>): string[] {
  return entries.map(([key, value]) => `  ${key.padEnd(9)} ${value}`);
}
