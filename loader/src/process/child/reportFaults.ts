import type { Channel } from '../channel';
import { channelLogger } from './channelLogger';

/** How long the last log lines may take to be sent. */
const LAST_WORDS_MS = 500;

/**
 * Logs uncaught errors. An unhandled rejection is only logged, as in a Backstage backend. An uncaught exception ends the
 * process: its state is unknown, and a restart here costs one plugin a second.
 */
export function reportFaults(portal: Pick<Channel, 'backlog' | 'notify'>): void {
  const logger = channelLogger(portal);
  process.on('unhandledRejection', (reason) => {
    logger.child({ type: 'unhandledRejection' }).error('Unhandled rejection', asError(reason));
  });
  process.on('uncaughtException', (thrown) => {
    logger.child({ type: 'uncaughtException' }).error('Uncaught exception', asError(thrown));
    setTimeout(() => process.exit(1), LAST_WORDS_MS);
    const leave = (): void => {
      if (portal.backlog === 0) process.exit(1);
      else setImmediate(leave);
    };
    setImmediate(leave);
  });
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
