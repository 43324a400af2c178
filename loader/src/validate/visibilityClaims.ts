import type { JsonObject } from '@backstage/types';
import { visibilityConflict } from './errors';
import { visibilityConflicts } from './visibilityConflicts';

/**
 * What the bundles of a portal say of who may see app-config. Backstage refuses all schemas where two disagree; here the bundle that
 * comes later is refused, and the others stay as they are.
 */
export class VisibilityClaims {
  readonly #schemas = new Map<string, readonly JsonObject[]>();
  readonly #counts: (name: string) => boolean;

  /** `counts` tells whether a bundle is loaded, or on its way. */
  constructor(counts: (name: string) => boolean) {
    this.#counts = counts;
  }

  /** Takes what a bundle says in place of what its earlier build said. Throws CONFIG_VISIBILITY_CONFLICT. */
  take(name: string, schemas: readonly JsonObject[], data: JsonObject): void {
    for (const other of [...this.#schemas.keys()]) if (!this.#counts(other)) this.#schemas.delete(other);
    const [conflict] = visibilityConflicts(new Map([...this.#schemas, [name, schemas]]), data);
    if (conflict) throw visibilityConflict(name, conflict);
    this.#schemas.set(name, schemas);
  }
}
