import type { FolderLock, StagedoorError } from '@stagedoor/bundle';
import { hostPackages } from '../host/hostPackages';
import { layShelves, type Shelves } from './shelf';
import { openStateDirectory } from './stateDirectory';
import { lockState } from './stateLock';

/** A state directory that this process has. */
export interface OpenState {
  directory: string;
  lock: FolderLock;
  shelves: Shelves;
}

/** The state directory of a portal, which may be opened before it is needed. */
export class StateOpening {
  readonly #path: string;
  #opened: Promise<OpenState> | undefined;
  #lost: (fault: StagedoorError) => void = () => {};

  constructor(path: string) {
    this.#path = path;
  }

  /** Opens it once. `lost` is called if another process took it. Throws STATE_DIRECTORY_IN_USE, STATE_UNWRITABLE. */
  open(lost = this.#lost): Promise<OpenState> {
    this.#lost = lost;
    this.#opened ??= this.#open();
    return this.#opened;
  }

  /** Leaves it to others; also one that is just being opened. */
  async release(): Promise<void> {
    await this.#opened?.then(
      ({ lock }) => lock.release(),
      () => {},
    );
  }

  async #open(): Promise<OpenState> {
    const directory = await openStateDirectory(this.#path);
    const lock = await lockState(directory, { onLost: (fault) => this.#lost(fault) });
    try {
      return { directory, lock, shelves: await layShelves(directory, hostPackages(), __dirname) };
    } catch (error) {
      await lock.release();
      throw error;
    }
  }
}
