import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Longest address of a Unix socket that every system takes, in bytes (`sun_path`: 104 on macOS, 108 on Linux). */
const LONGEST_ADDRESS = 103;
const NAME_BYTES = 6;

/** A folder for the sockets of processes that only this user can enter. */
export class SocketDirectory {
  readonly path: string;
  readonly #temporary: boolean;

  /** `<stateDir>/run`, emptied; where that is too long for a socket's address, a temporary folder. */
  constructor(stateDirectory: string) {
    const wanted = join(stateDirectory, 'run');
    rmSync(wanted, { recursive: true, force: true });
    this.#temporary = Buffer.byteLength(join(wanted, 'x'.repeat(NAME_BYTES * 2))) > LONGEST_ADDRESS;
    this.path = this.#temporary ? mkdtempSync(join(tmpdir(), 'stagedoor-')) : wanted;
    if (!this.#temporary) mkdirSync(wanted, { mode: 0o700 });
  }

  /** An address that nobody has. */
  next(): string {
    return join(this.path, randomBytes(NAME_BYTES).toString('hex'));
  }

  /** Removes the folder. */
  dispose(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
