import type { RootLoggerService } from '@backstage/backend-plugin-api';

let closed = false;

/**
 * Takes SIGUSR1 away from Node, which would open its inspector: a port on which everybody on this machine may run code in the
 * portal. The process of a plugin may send the signal wherever it runs as the same user. Whoever wants to debug a portal starts
 * it with `--inspect`.
 */
export function keepInspectorClosed(logger: Pick<RootLoggerService, 'warn'>): void {
  if (closed) return;
  closed = true;
  process.on('SIGUSR1', () => {
    logger.warn(
      'SIGUSR1 is ignored where plugins run in processes of their own; start the portal with --inspect to debug it',
    );
  });
}
