import type { LogLine } from '../adminApi';

/** Levels, the most severe first. */
export const LEVELS = ['error', 'warn', 'info', 'debug'] as const;

/** Which lines are asked for. */
export interface Wanted {
  /** This level and more severe ones. */
  level?: LogLine['level'];
  /** Text that a line contains, in whatever case. */
  search?: string;
  version?: string;
  /** Only lines after this one. */
  after?: number;
}

/** Whether a line is asked for; its text is redacted by then, so that a search does not find secrets. */
export function isWanted(line: LogLine, { level, search, version, after }: Wanted): boolean {
  if (level !== undefined && LEVELS.indexOf(line.level) > LEVELS.indexOf(level)) return false;
  if (version !== undefined && line.version !== version) return false;
  if (after !== undefined && line.id <= after) return false;
  return search === undefined || line.message.toLowerCase().includes(search.toLowerCase());
}
