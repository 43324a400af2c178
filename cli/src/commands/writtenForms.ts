/**
 * The other forms in which people ask for help and version, as the parser knows them: no arguments at all, `help`,
 * `help <command>` and `-v`.
 */
export function withUsualForms(argv: readonly string[]): string[] {
  const [first, ...rest] = argv;
  if (first === undefined) return ['--help'];
  if (first === 'help') return [...rest, '--help'];
  if (first === '-v' && rest.length === 0) return ['--version'];
  return [...argv];
}
