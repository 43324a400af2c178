import type { LoggerService, RootLoggerService } from '@backstage/backend-plugin-api';
import { overlay } from '../host/overlay';

const SILENT: LoggerService = { error() {}, warn() {}, info() {}, debug() {}, child: () => SILENT };

/** Children that every started backend asks for; the host's copy of each already says the same. */
const PROCESS_WIDE = new Set(['unhandledRejection', 'uncaughtException', 'initialization']);

/**
 * The root logger as a unit sees it. Each Backstage backend logs process-wide faults and its own start-up
 * through a child logger of a given `type`; with many units in a process one line would come many times.
 */
export function quietRootLogger(root: RootLoggerService): RootLoggerService {
  return overlay(root, {
    child: (meta) => (PROCESS_WIDE.has(String(meta.type)) ? SILENT : root.child(meta)),
  });
}
