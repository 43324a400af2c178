import type { StagedoorError } from '@stagedoor/bundle';

const MIB = 1024 * 1024;

/** Sizes of a part, each tried where a larger one is refused: GHCR takes 4 MiB, nginx by default 1 MiB. */
const PART_SIZES = [4 * MIB, MIB, MIB / 4];
/** Broken connections that brought nothing, after which the other way of sending is tried. */
const BROKEN_BEFORE_PARTS = 2;

/** Which way the content of one blob goes: whole, or in parts of a size that the registry takes. */
export class UploadWay {
  readonly #size: number;
  /** Index in {@link PART_SIZES}; undefined for whole. */
  #parts: number | undefined;
  #wholeRefused = false;
  #partsRefused = false;
  #broken = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** Bytes of the next part of an upload of which the registry has `at`; undefined to send all at once. */
  part(at: number): number | undefined {
    const parts = this.#parts ?? (at > 0 ? 0 : undefined);
    return parts === undefined ? undefined : PART_SIZES[parts];
  }

  /** Whether a registry that has a part can get the rest. */
  get mayResume(): boolean {
    return !this.#partsRefused;
  }

  /** Takes another way where the error says that this one leads nowhere; true if the next attempt differs. */
  changeAfter(error: StagedoorError): boolean {
    const { status, part } = (error.details ?? {}) as { status?: number; part?: 'lost' };
    if (part === 'lost') {
      this.#partsRefused = true;
      this.#parts = undefined;
      return !this.#wholeRefused;
    }
    if (status === undefined) {
      this.#broken++;
      // A server that refuses the size may close the connection before its answer can be read.
      if (this.#parts !== undefined || this.#broken < BROKEN_BEFORE_PARTS) return false;
      return this.#takeParts(0);
    }
    if (status !== 413 && status !== 416) return false;
    this.#wholeRefused ||= this.#parts === undefined;
    return this.#takeParts((this.#parts ?? -1) + 1);
  }

  #takeParts(index: number): boolean {
    const size = PART_SIZES[index];
    if (this.#partsRefused || size === undefined) return false;
    // Parts that are as large as the whole would meet the same answer.
    if (size >= this.#size) return this.#takeParts(index + 1);
    this.#parts = index;
    return true;
  }
}
