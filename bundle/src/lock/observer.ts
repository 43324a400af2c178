import { performance } from 'node:perf_hooks';
import { FREE, type Claim } from './claims';
import { isAlive, ownHolder, parseHolder, type Holder } from './holder';

/** What is known of a claim. */
export interface Judgement {
  /** `unknown`: the holder may live, and may not. */
  state: 'free' | 'held' | 'unknown';
  holder?: Holder;
}

/** Judges the claims of others, look by look. */
export class Observer {
  readonly #folder: string;
  readonly #times: { leaseMs: number; pollMs: number };
  readonly #self: Holder;
  #seen: Claim | undefined;
  #renewed = false;
  #quietMs = 0;
  #lookedAt = 0;

  constructor(folder: string, times: { leaseMs: number; pollMs: number }) {
    this.#folder = folder;
    this.#times = times;
    this.#self = ownHolder(folder, '');
  }

  /** What the claim that counts now says of its holder. */
  async judge(top: Claim): Promise<Judgement> {
    if (top.text === FREE) return { state: 'free' };
    const holder = parseHolder(top.text);
    const known = holder && { holder };
    const alive = holder && (await isAlive(this.#folder, holder, this.#self));
    if (alive !== undefined) return { state: alive ? 'held' : 'free', ...known };
    return { state: this.#watch(top), ...known };
  }

  /** A holder that cannot be seen lives as long as it renews its claim. */
  #watch(top: Claim): Judgement['state'] {
    const now = performance.now();
    const seen = this.#seen;
    if (seen?.number !== top.number || seen.text !== top.text) {
      this.#renewed = seen?.text === top.text && top.text !== '';
      this.#seen = top;
      this.#quietMs = 0;
    } else {
      // Not the time for which this process itself stood still, or its machine did: the holder may have, too.
      this.#quietMs += Math.min(now - this.#lookedAt, 2 * this.#times.pollMs);
    }
    this.#lookedAt = now;
    if (this.#quietMs >= this.#times.leaseMs) return 'free';
    return this.#renewed ? 'held' : 'unknown';
  }
}
