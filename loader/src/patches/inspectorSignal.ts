import type { RootLoggerService } from '@backstage/backend-plugin-api';
import type { Patch } from './patchProperty';

type Logger = Pick<RootLoggerService, 'warn'>;

const loggers = new Set<Logger>();
let listening = false;

/**
 * Takes SIGUSR1 away from Node, which would open its inspector: a port on which everybody on this machine may run code in the
 * portal. The process of a plugin may send the signal wherever it runs as the same user. Whoever wants to debug a portal starts
 * it with `--inspect`. When this is disposed of, the signal is ignored without a word: Node does not take it back, and with no
 * listener it would end the process.
 */
export function keepInspectorClosed(logger: Logger): Patch {
  loggers.add(logger);
  if (!listening) process.on('SIGUSR1', warn);
  listening = true;
  return { dispose: () => void loggers.delete(logger) };
}

function warn(): void {
  for (const logger of loggers) {
    logger.warn(
      'SIGUSR1 is ignored where plugins run in processes of their own; start the portal with --inspect to debug it',
    );
  }
}
