import type { JsonObject } from '@backstage/types';
import { StagedoorError } from '@stagedoor/bundle';
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
    if (conflict) throw refusal(name, conflict);
    this.#schemas.set(name, schemas);
  }
}

function refusal(
  name: string,
  { key, shownBy, secretTo }: { key: string; shownBy: string[]; secretTo: string[] },
): StagedoorError {
  const shows = shownBy.includes(name);
  const [holder] = shows ? secretTo : shownBy;
  const [own, theirs] = shows ? ['shows', 'calls it secret'] : ['calls', 'shows it to browsers'];
  const message = `${name} ${own} ${key} of app-config ${shows ? 'to browsers' : 'secret'}, and ${holder}, which came before it, ${theirs}.`;
  return new StagedoorError('CONFIG_VISIBILITY_CONFLICT', message, {
    hint: `Correct the visibility of ${key} in the config schema of ${name} or of ${holder}, or remove one of the two.`,
    details: { key, claimant: name, holder },
  });
}
