import type { RootLoggerService } from '@backstage/backend-plugin-api';
import type { Patch } from './patchProperty';

type Logger = Pick<RootLoggerService, 'warn'>;

const loggers = new Set<Logger>();
let listening = false;

/**
 * Takes SIGUSR1 away from Node, which would open its inspector: a port that lets everybody on this machine run code in the
 * portal. Processes of plugins with the same user may send the signal. To debug a portal, start it with `--inspect`. After
 * dispose, the signal is ignored silently: Node does not take it back, and without a listener it would end the process.
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
      'SIGUSR1 is ignored because plugins run in separate processes; start the portal with --inspect to debug it',
    );
  }
}
