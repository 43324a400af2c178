import type { LoggerService, RootLoggerService } from '@backstage/backend-plugin-api';
import type { JsonObject } from '@backstage/types';
import { overlay } from '../host/overlay';
import type { NewLogLine } from './logRings';

/** Takes the lines of a plugin. */
export type LineSink = (line: NewLogLine) => void;

/** The root logger of a unit, with the lines of its plugin also in `sink`. */
export function teeRootLogger(root: RootLoggerService, pluginId: string, sink: LineSink): RootLoggerService {
  return overlay(root, {
    child: (meta) => (meta.plugin === pluginId ? teeLogger(root.child(meta), sink) : root.child(meta)),
  });
}

/** A logger with its lines also in `sink`. */
export function teeLogger(logger: LoggerService, sink: LineSink): LoggerService {
  const log =
    (level: NewLogLine['level']) =>
    (message: string, meta?: Error | JsonObject): void => {
      logger[level](message, meta);
      if (level !== 'debug' || isDebugging())
        sink({ level, source: 'logger', message: withMeta(String(message), meta) });
    };
  return overlay(logger, {
    error: log('error'),
    warn: log('warn'),
    info: log('info'),
    debug: log('debug'),
    child: (meta) => teeLogger(logger.child(meta), sink),
  });
}

/** Whether the portal's own log has lines of the level debug; otherwise they would only push others out. */
export function isDebugging(): boolean {
  return process.env.LOG_LEVEL === 'debug' || process.env.LOG_LEVEL === 'silly';
}

/** The text of a line with its fields, or with the stack of its error. */
export function withMeta(message: string, meta: unknown): string {
  if (meta instanceof Error) return `${message}\n${meta.stack ?? meta.message}`;
  if (typeof meta !== 'object' || meta === null || Object.keys(meta).length === 0) return message;
  try {
    return `${message} ${JSON.stringify(meta)}`;
  } catch {
    return message;
  }
}
