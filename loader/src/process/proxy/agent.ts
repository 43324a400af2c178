import { Agent, type ClientRequest } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Connections to one child, kept for the next request while they are in order. One on which something arrives that no
 * request asked for is ended: it would be taken for the answer to the next request.
 */
export class ChildAgent extends Agent {
  readonly #guards = new WeakMap<Duplex, () => void>();

  constructor() {
    super({ keepAlive: true, maxFreeSockets: 64 });
  }

  override keepSocketAlive(socket: Duplex): boolean {
    if (socket.readableLength > 0 || socket.readableEnded) return false;
    const guard = (): void => void socket.destroy();
    this.#guards.set(socket, guard);
    socket.on('data', guard);
    // Node returns what its types leave out: whether the connection is kept.
    return super.keepSocketAlive(socket) as unknown as boolean;
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    const guard = this.#guards.get(socket);
    if (guard) socket.off('data', guard);
    super.reuseSocket(socket, request);
  }
}
