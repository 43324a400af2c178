import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { socketNotListening } from '../errors';

/** `O_PATH` of Linux, which Node does not name: open(2). */
const NAME_ONLY = 0o10000000;

/** A socket that stays the same whatever its owner puts in its place. */
export interface PinnedSocket {
  /** Leads to it from this process. */
  path: string;
  /** Lets go of it. */
  release(): void;
}

/**
 * Holds on to the Unix socket that a process of another user listens on. Root would follow a link there, to a socket of the
 * system. Throws INIT_FAILED where there is none of that user.
 */
export function pinSocket(path: string, user: number): PinnedSocket {
  let fd: number | undefined;
  try {
    fd = openSync(path, NAME_ONLY | constants.O_NOFOLLOW);
    const info = fstatSync(fd);
    if (!info.isSocket() || info.uid !== user) throw new Error(`it is not a socket of user ${user}`);
  } catch (cause) {
    if (fd !== undefined) closeSync(fd);
    throw socketNotListening(cause);
  }
  const held = fd;
  return { path: `/proc/self/fd/${held}`, release: () => closeSync(held) };
}
