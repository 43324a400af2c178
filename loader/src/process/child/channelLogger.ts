import type { RootLoggerService } from '@backstage/backend-plugin-api';
import type { JsonObject } from '@backstage/types';
import type { Channel } from '../channel';
import type { LogEntry } from '../messages';
import { sendableError } from './sendableError';

/**
 * Lines are dropped while more than this is buffered: a plugin that logs without end must not run out of memory because of
 * it.
 */
const MOST_BACKLOG = 1024 * 1024;

/** A logger whose lines the portal writes, with its levels, format and redactions. */
export function channelLogger(portal: Pick<Channel, 'backlog' | 'notify'>): RootLoggerService {
  let dropped = 0;
  const send = (entry: LogEntry): void => {
    if (portal.backlog > MOST_BACKLOG) {
      dropped++;
      return;
    }
    if (dropped > 0) {
      const message = `${dropped} log lines were dropped: they came faster than they could be written`;
      dropped = 0;
      portal.notify('log', { level: 'warn', message, labels: entry.labels });
    }
    portal.notify('log', entry);
  };
  const logger = (labels: JsonObject): RootLoggerService => {
    const log = (level: LogEntry['level']) => (message: string, meta?: Error | JsonObject) => {
      const entry: LogEntry = { level, message: String(message), labels };
      if (meta instanceof Error) entry.error = sendableError(meta);
      else if (meta) entry.meta = sendableMeta(meta);
      send(entry);
    };
    return {
      error: log('error'),
      warn: log('warn'),
      info: log('info'),
      debug: log('debug'),
      child: (meta) => logger({ ...labels, ...sendableMeta(meta) }),
    };
  };
  return logger({});
}

/** The meta of a line as JSON; errors in it keep their text. Values that JSON cannot represent are described in words. */
function sendableMeta(meta: JsonObject): JsonObject {
  try {
    const replacer = (_key: string, value: unknown): unknown =>
      value instanceof Error ? sendableError(value) : typeof value === 'bigint' ? String(value) : value;
    return JSON.parse(JSON.stringify(meta, replacer)) as JsonObject;
  } catch (error) {
    return { unprintable: (error as Error).message };
  }
}
