import type { LogLine } from '../adminApi';
import type { PluginLogs } from '../logs/pluginLogs';
import { LEVELS, isWanted, type Wanted } from '../logs/selectLines';
import { logQueryInvalid } from './errors';

/** The query of a request for log lines. Throws LOG_QUERY_INVALID. */
export function logQuery(query: Record<string, unknown>): Wanted & { tail?: number } {
  const { level, search, version, after, tail } = query;
  const known = LEVELS.find((each) => each === level);
  if (level !== undefined && !known) throw logQueryInvalid('level', `one of ${LEVELS.join(', ')}`);
  return {
    ...(known && { level: known }),
    ...textOf('search', search),
    ...textOf('version', version),
    ...numberOf('after', after),
    ...numberOf('tail', tail),
  };
}

/** Passes on the lines that are wanted, first those that there are after `after`, in their order, until the returned function is called. */
export function followLines(
  logs: PluginLogs,
  name: string,
  wanted: Wanted,
  pass: (frame: { id: number; type: string; data: LogLine }) => void,
): () => void {
  let ended = false;
  const send = (line: LogLine): void => {
    if (!ended && isWanted(line, wanted)) pass({ id: line.id, type: 'line', data: line });
  };
  let turn: Promise<void> =
    wanted.after === undefined
      ? Promise.resolve()
      : logs.read(name, wanted, Infinity).then(({ lines }) => lines.forEach(send));
  const stop = logs.follow(name, (line) => {
    turn = turn.then(async () => send(await logs.show(line))).catch(() => {});
  });
  return () => {
    ended = true;
    stop();
  };
}

function textOf<Key extends string>(key: Key, value: unknown): Partial<Record<Key, string>> {
  if (value === undefined || value === '') return {};
  if (typeof value !== 'string') throw logQueryInvalid(key, 'a text');
  return { [key]: value } as Record<Key, string>;
}

function numberOf<Key extends string>(key: Key, value: unknown): Partial<Record<Key, number>> {
  if (value === undefined || value === '') return {};
  if (typeof value !== 'string' || !/^\d{1,15}$/.test(value)) throw logQueryInvalid(key, 'a whole number');
  return { [key]: Number(value) } as Record<Key, number>;
}
