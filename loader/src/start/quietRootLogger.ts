import type { LoggerService, RootLoggerService } from '@backstage/backend-plugin-api';
import { overlay } from '../host/overlay';

const SILENT: LoggerService = { error() {}, warn() {}, info() {}, debug() {}, child: () => SILENT };

/** Child loggers that every started backend creates; the host's copy of each logs the same lines. */
const PROCESS_WIDE = new Set(['unhandledRejection', 'uncaughtException', 'initialization']);

/**
 * The root logger for a unit. Each Backstage backend logs process-wide errors and its own start-up through a child logger of
 * a given `type`; with many units in a process, one line would appear many times.
 */
export function quietRootLogger(root: RootLoggerService): RootLoggerService {
  return overlay(root, {
    child: (meta) => (PROCESS_WIDE.has(String(meta.type)) ? SILENT : root.child(meta)),
  });
}
