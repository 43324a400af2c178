import { rm } from 'node:fs/promises';
import type { StagedoorError } from '../error';
import { FREE, claim, removeClaim, topClaim, waitingClaims } from './claims';
import { parseHolder, type Holder } from './holder';
import type { Listener } from './listener';
import { sweep } from './sweep';

/** A lock that this process holds. */
export interface FolderLock {
  /**
   * A folder of the holder, on the volume of the lock. The next holder removes it first, so what is renamed out of it
   * or into it was renamed by the holder of the lock. Make no folder there after {@link assertHeld}: it could come back.
   */
  readonly work: string;
  /** Renews the lock. Throws the error of `taken` if another process has it, and what the file system says. */
  assertHeld(): Promise<void>;
  /** Why work under the lock failed: the error of `taken` if another process has the lock, else `error`. */
  explain(error: unknown): Promise<unknown>;
  /** Leaves the lock to others; never throws. */
  release(): Promise<void>;
}

/** What a {@link HeldLock} is made of. */
export interface HeldLockParts {
  folder: string;
  work: string;
  text: string;
  number: number;
  listener: Listener | undefined;
  renewMs: number;
  taken(holder: Holder | undefined, reason: 'held' | 'lost'): StagedoorError;
  onLost?: (fault: StagedoorError) => void;
}

/** Renews its claim by the next one, which no two processes can make. */
export class HeldLock implements FolderLock {
  readonly work: string;
  readonly #parts: HeldLockParts;
  #number: number;
  #fault: StagedoorError | undefined;
  #released = false;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();
  #swept: (() => Promise<unknown>) | undefined;

  constructor(parts: HeldLockParts) {
    this.#parts = parts;
    this.#number = parts.number;
    this.work = parts.work;
    this.#renewLater();
  }

  /** Removes what earlier holders left, of `names`: from here on they can rename nothing out of their folders. */
  async removeOthers(names: readonly string[]): Promise<void> {
    try {
      const { folder, work, number } = this.#parts;
      this.#swept = await sweep(folder, names, { work, number });
    } catch (error) {
      await this.release();
      throw error;
    }
  }

  async assertHeld(): Promise<void> {
    if (!this.#released) await this.#renew();
    if (this.#fault) throw this.#fault;
  }

  async explain(error: unknown): Promise<unknown> {
    await this.assertHeld().catch(() => {});
    return this.#fault ?? error;
  }

  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    clearTimeout(this.#timer);
    await this.#turn.catch(() => {});
    this.#parts.listener?.close();
    // First what makes room: the last claim needs some.
    await rm(this.work, { recursive: true, force: true }).catch(() => {});
    if (!this.#fault) await this.#advance(FREE).catch(() => {});
    await this.#swept?.();
  }

  /** A volume that is full or away for a while is tried again: others cannot take the lock there either. */
  #renewLater(): void {
    const again = (): void => {
      if (!this.#released && !this.#fault) this.#renewLater();
    };
    this.#timer = setTimeout(() => void this.#renew().then(again, again), this.#parts.renewMs).unref();
  }

  #renew(): Promise<void> {
    const renewed = this.#turn.catch(() => {}).then(() => (this.#fault ? undefined : this.#advance(this.#parts.text)));
    this.#turn = renewed;
    return renewed;
  }

  async #advance(text: string): Promise<void> {
    const { folder, taken, onLost } = this.#parts;
    const number = this.#number + 1;
    if (await claim(waitingClaims, folder, { number, text })) {
      this.#number = number;
      await removeClaim(waitingClaims, folder, number - 1);
      return;
    }
    this.#fault = taken(parseHolder((await topClaim(waitingClaims, folder)).text), 'lost');
    onLost?.(this.#fault);
  }
}
