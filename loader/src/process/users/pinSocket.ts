import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { socketNotListening } from '../errors';

/** `O_PATH` of Linux, which Node does not name: open(2). */
const NAME_ONLY = 0o10000000;

/** A reference to a socket that stays valid whatever its owner puts in its place. */
export interface PinnedSocket {
  /** Its path for this process. */
  path: string;
  /** Releases it. */
  release(): void;
}

/**
 * Pins the Unix socket that a process of another user listens on. Root would follow a link in its place to a socket of the
 * system. Throws INIT_FAILED if there is no socket of that user.
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
