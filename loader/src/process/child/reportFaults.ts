import type { Channel } from '../channel';
import { channelLogger } from './channelLogger';

/** How long the last words may take to leave. */
const LAST_WORDS_MS = 500;

/**
 * Logs what no code caught. A rejection that nobody handles is logged, as a Backstage backend does; an exception ends the
 * process: what it interrupted is unknown, and here a fresh start costs one plugin a second.
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
