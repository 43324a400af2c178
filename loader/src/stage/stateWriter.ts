import { isStagedoorError, replaceFile, type FolderLock } from '@stagedoor/bundle';
import { rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { stateUnwritable } from './errors';

/** The lock of a state directory, as far as writing needs it: what it does not hold any more is not written. */
export type WritingLock = Pick<FolderLock, 'work' | 'explain'>;

/** Writes one file of a state directory, one write at a time; changes made while one waits for its turn go with it. */
export class StateWriter {
  readonly #path: string;
  readonly #lock: WritingLock;
  readonly #text: () => string;
  #writing: Promise<void> = Promise.resolve();
  #queued: Promise<void> | undefined;

  /** `text` gives the whole content when its turn has come. */
  constructor(path: string, lock: WritingLock, text: () => string) {
    this.#path = path;
    this.#lock = lock;
    this.#text = text;
  }

  /** Resolves when what there is now is on the disk. Throws STATE_UNWRITABLE, STATE_DIRECTORY_IN_USE. */
  write(): Promise<void> {
    if (this.#queued) return this.#queued;
    const written = this.#writing.then(() => {
      this.#queued = undefined;
      return this.#save();
    });
    this.#queued = written;
    this.#writing = written.catch(() => {});
    return written;
  }

  /** Resolves when nothing is left to be written. */
  async close(): Promise<void> {
    await this.#writing;
  }

  /** Writes to the folder of the lock and renames: the file is whole whenever the machine stops, and written by the holder only. */
  async #save(): Promise<void> {
    try {
      const temporary = join(this.#lock.work, basename(this.#path));
      await replaceFile(this.#path, this.#text(), { temporary, makeFolder: false, flush: true, mode: 0o600 });
    } catch (cause) {
      const fault = await this.#lock.explain(cause);
      throw isStagedoorError(fault) ? fault : stateUnwritable(this.#path, fault);
    }
  }
}

/** Renames a damaged file of a state directory, so that the next write does not replace it; returns its new path. */
export async function putAside(path: string): Promise<string> {
  const aside = `${path}.damaged`;
  await rename(path, aside);
  return aside;
}
