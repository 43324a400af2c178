import { closeSync, constants, openSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { platform } from 'node:os';
import { join } from 'node:path';

const SOCKET = 'socket';

/** A socket that shows others on this machine that the process lives, also from other containers. */
export interface Listener {
  close(): void;
}

/**
 * Listens on a socket in a folder; undefined where the volume has no sockets. The operating system takes connections also while
 * the process stands still, and none once it has ended.
 */
export function listenIn(folder: string): Listener | undefined {
  const address = addressIn(folder);
  if (!address) return undefined;
  const server = createServer((connection) => connection.destroy()).unref();
  server.on('error', () => {});
  server.listen({ path: address.path, exclusive: true });
  const close = (): void => void server.close(() => address.close());
  if (server.listening) return { close };
  address.close();
  return undefined;
}

/** Whether the process that listened in a folder of the same mount still lives; undefined where that cannot be told. */
export async function isListening(folder: string): Promise<boolean | undefined> {
  const address = addressIn(folder);
  if (!address) return undefined;
  try {
    return await new Promise((resolve) => {
      const connection = connect({ path: address.path });
      connection.once('connect', () => resolve(true));
      connection.once('error', ({ code }: NodeJS.ErrnoException) => {
        // The backlog is full because the holder accepts no connections: it stalls.
        if (code === 'EAGAIN') resolve(true);
        else resolve(code === 'ECONNREFUSED' ? false : undefined);
      });
      connection.once('close', () => resolve(undefined));
      connection.once('connect', () => connection.destroy());
    });
  } finally {
    address.close();
  }
}

/** The address of the socket: by way of a descriptor, as it may have 107 bytes at most. Undefined where the folder cannot be opened. */
function addressIn(folder: string): { path: string; close(): void } | undefined {
  if (platform() !== 'linux') return { path: join(folder, SOCKET), close: () => {} };
  try {
    const fd = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
    return { path: `/proc/self/fd/${fd}/${SOCKET}`, close: () => closeSync(fd) };
  } catch {
    return undefined;
  }
}
