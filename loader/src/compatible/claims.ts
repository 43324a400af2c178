import type { Contribution } from '../composition/contribution';
import { claimsOf } from '../composition/contribution';
import { conflict } from '../composition/errors';
import { serviceTaken } from './errors';

/** Which bundle has which ids. Backstage aborts the start when two features register the same one. */
export class Claims {
  /** By claim in the form of {@link claimsOf}. */
  readonly #owners = new Map<string, string>();
  readonly #services = new Map<string, string>();
  readonly #reservedFor: (claim: string) => string | undefined;

  /** `reservedFor` returns the owner of an id that is not claimed yet. */
  constructor(reservedFor: (claim: string) => string | undefined) {
    this.#reservedFor = reservedFor;
  }

  /** Throws PLUGIN_ID_CONFLICT or MODULE_ID_CONFLICT, and then claims nothing. */
  claim(owner: string, { pluginIds, modules }: Pick<Contribution, 'pluginIds' | 'modules'>): void {
    const claims = claimsOf({ pluginIds, modules });
    for (const { claim, pluginId, moduleId } of claims) {
      const reserved = this.#reservedFor(claim);
      const holder = this.#owners.get(claim) ?? (reserved === owner ? undefined : reserved);
      if (holder === undefined) continue;
      const [code, what] =
        moduleId === undefined
          ? (['PLUGIN_ID_CONFLICT', `plugin '${pluginId}'`] as const)
          : (['MODULE_ID_CONFLICT', `module '${pluginId}/${moduleId}'`] as const);
      throw conflict(code, what, owner, holder);
    }
    for (const { claim } of claims) this.#owners.set(claim, owner);
  }

  /** The ids that a bundle has claimed. */
  of(owner: string): string[] {
    return [...this.#owners].flatMap(([claim, other]) => (other === owner ? [claim] : []));
  }

  /** Throws SERVICE_REPLACEMENT_REFUSED for a service that another bundle brings. */
  claimService(owner: string, id: string): void {
    const holder = this.#services.get(id);
    if (holder !== undefined && holder !== owner) {
      throw serviceTaken(owner, id, holder);
    }
    this.#services.set(id, owner);
  }
}
