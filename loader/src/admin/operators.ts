/** The users and groups in `dynamicPlugins.operators`. */
export class Operators {
  readonly #refs: ReadonlySet<string>;

  /** `refs`: full entity refs in lower case. */
  constructor(refs: readonly string[]) {
    this.#refs = new Set(refs);
  }

  /** True where a user is listed; `ownership` tells their groups, and is asked only where it matters. */
  async include(userEntityRef: string, ownership: () => Promise<readonly string[]>): Promise<boolean> {
    if (this.#refs.size === 0) return false;
    if (this.#has(userEntityRef)) return true;
    return (await ownership()).some((ref) => this.#has(ref));
  }

  #has(ref: string): boolean {
    return this.#refs.has(ref.toLowerCase());
  }
}
