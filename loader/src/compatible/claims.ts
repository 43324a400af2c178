import { StagedoorError } from '@stagedoor/bundle';
import type { Contribution } from '../resolve/contribution';
import { conflict } from '../start/conflict';

/** Which bundle has which ids: Backstage ends the start when two features bring the same one. */
export class Claims {
  readonly #plugins = new Map<string, string>();
  readonly #modules = new Map<string, string>();
  readonly #services = new Map<string, string>();

  /** Throws PLUGIN_ID_CONFLICT or MODULE_ID_CONFLICT, and then claims nothing. */
  claim(owner: string, { pluginIds, modules }: Pick<Contribution, 'pluginIds' | 'modules'>): void {
    // Express matches paths without regard to case, so plugin ids may not differ by case alone.
    const plugins = pluginIds.map((id) => id.toLowerCase());
    const moduleKeys = modules.map(({ pluginId, moduleId }) => `${pluginId}/${moduleId}`);
    for (const id of plugins) this.#check('PLUGIN_ID_CONFLICT', this.#plugins, 'plugin', id, owner);
    for (const key of moduleKeys) this.#check('MODULE_ID_CONFLICT', this.#modules, 'module', key, owner);
    for (const id of plugins) this.#plugins.set(id, owner);
    for (const key of moduleKeys) this.#modules.set(key, owner);
  }

  /** Throws SERVICE_REPLACEMENT_REFUSED for a service that another bundle brings. */
  claimService(owner: string, id: string): void {
    const holder = this.#services.get(id);
    if (holder !== undefined && holder !== owner) {
      throw new StagedoorError('SERVICE_REPLACEMENT_REFUSED', `${owner} brings the service '${id}' of ${holder}.`, {
        hint: `Remove the drop of ${owner} or of ${holder}.`,
      });
    }
    this.#services.set(id, owner);
  }

  #check(
    code: 'PLUGIN_ID_CONFLICT' | 'MODULE_ID_CONFLICT',
    taken: ReadonlyMap<string, string>,
    kind: string,
    id: string,
    owner: string,
  ): void {
    const holder = taken.get(id);
    if (holder !== undefined) throw conflict(code, `${kind} '${id}'`, owner, holder);
  }
}
