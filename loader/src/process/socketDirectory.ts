import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { socketPathTooLong } from './errors';

/** Longest address of a Unix socket that every system accepts, in bytes (`sun_path`: 104 on macOS, 108 on Linux). */
const LONGEST_ADDRESS = 103;
const NAME_BYTES = 6;

/** For a TMPDIR that is too long itself. */
const USUAL_PLACES = ['/tmp', '/var/tmp', '/dev/shm'];

/** A folder for the sockets of processes that only this user can enter, or that other users pass through to their own folders. */
export class SocketDirectory {
  readonly path: string;
  readonly #shared: boolean;

  /**
   * `<stateDir>/run`, emptied; if that is too long for a socket address, a temporary folder. Throws STATE_UNWRITABLE if none
   * is short enough. `shared`: processes have other users than the portal, and their own folders here.
   */
  constructor(stateDirectory: string, shared = false) {
    this.#shared = shared;
    const wanted = join(stateDirectory, 'run');
    rmSync(wanted, { recursive: true, force: true });
    const isShort = fits(wanted);
    if (isShort) mkdirSync(wanted, { mode: 0o700 });
    this.path = isShort ? wanted : makeTemporary(wanted);
    if (shared) chmodSync(this.path, 0o711);
  }

  /** An unused address. */
  next(): string {
    return join(this.path, randomBytes(NAME_BYTES).toString('hex'));
  }

  /** Removes the folder, with all in it unless other users may still write there. */
  dispose(): void {
    if (!this.#shared) return rmSync(this.path, { recursive: true, force: true });
    try {
      rmdirSync(this.path);
    } catch {
      // The next start empties it.
    }
  }
}

/** True if the addresses of sockets in a folder are short enough. */
function fits(dir: string): boolean {
  return Buffer.byteLength(join(dir, 'x'.repeat(NAME_BYTES * 2))) <= LONGEST_ADDRESS;
}

/** A new folder in the first temporary folder that is short enough and writable. */
function makeTemporary(wanted: string): string {
  const faults: string[] = [];
  for (const parent of new Set([tmpdir(), ...USUAL_PLACES])) {
    if (!fits(join(parent, 'stagedoor-XXXXXX'))) continue;
    try {
      return mkdtempSync(join(parent, 'stagedoor-'));
    } catch (error) {
      faults.push((error as Error).message);
    }
  }
  throw socketPathTooLong(wanted, LONGEST_ADDRESS - 30, faults);
}
