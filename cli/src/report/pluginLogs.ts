import type { PortalHistoryEntry, PortalLogLine } from '../portal/answers';

/** Lines of a log, with their time; further lines of a message, such as its stack, are indented. */
export function logLines(lines: readonly PortalLogLine[]): string[] {
  return lines.flatMap(({ time, level, version, source, message }) => {
    const [first, ...rest] = message.split('\n');
    const from = source === 'logger' ? '' : ` [${source}]`;
    return [`${time} ${level.padEnd(5)} ${version}${from} ${first}`, ...rest.map((line) => `  ${line}`)];
  });
}

/** What happened to a plugin, a line each, the latest first. */
export function historyLines(items: readonly PortalHistoryEntry[]): string[] {
  if (items.length === 0) return ['nothing is recorded'];
  return items.flatMap(({ at, kind, outcome, by, from, to, durationMs, code, message }) => {
    const versions = [from, to].filter(Boolean).join(' → ');
    const who = by ? ` by ${by}` : '';
    const took = durationMs === undefined ? '' : ` in ${durationMs} ms`;
    const why = code || message ? [`  ${[code, message].filter(Boolean).join(': ')}`] : [];
    return [`${at} ${kind.padEnd(10)} ${outcome}  ${versions}${who}${took}`.trimEnd(), ...why];
  });
}
