/** The users and groups in `dynamicPlugins.operators`. */
export class Operators {
  readonly #refs: ReadonlySet<string>;

  /** `refs`: full entity refs in lower case. */
  constructor(refs: readonly string[]) {
    this.#refs = new Set(refs);
  }

  /** True if a user is listed; `ownership` returns their groups, and is called only if they matter. */
  async include(userEntityRef: string, ownership: () => Promise<readonly string[]>): Promise<boolean> {
    if (this.#refs.size === 0) return false;
    if (this.#has(userEntityRef)) return true;
    return (await ownership()).some((ref) => this.#has(ref));
  }

  #has(ref: string): boolean {
    return this.#refs.has(ref.toLowerCase());
  }
}
