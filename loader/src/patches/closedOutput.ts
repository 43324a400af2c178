let survived = false;

/**
 * Keeps a process going whose output nobody reads any more: whoever read its log has ended. Each line would be an uncaught
 * exception, which Backstage logs: another line, without end, until memory is full. Call it once output is to be expected.
 */
export function surviveClosedOutput(): void {
  if (survived) return;
  survived = true;
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}
