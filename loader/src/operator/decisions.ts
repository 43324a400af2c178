import type { LoggerService } from '@backstage/backend-plugin-api';
import { StagedoorError } from '@stagedoor/bundle';
import { readStaged } from '../stage/readStaged';
import type { Shelves } from '../stage/shelf';
import type { StagedBundle } from '../stage/stagedBundle';
import type { StatusStore } from '../lifecycle/statusStore';
import type { PluginRecord, StateFile } from '../lifecycle/stateFile';

/** Holds the drop that counts for a name against what operators decided and what crashed too often. */
export class Decisions {
  readonly #state: StateFile;
  readonly #shelves: Shelves;
  readonly #registry: StatusStore;
  readonly #logger: LoggerService;

  constructor(options: { state: StateFile; shelves: Shelves; registry: StatusStore; logger: LoggerService }) {
    this.#state = options.state;
    this.#shelves = options.shelves;
    this.#registry = options.registry;
    this.#logger = options.logger;
  }

  /** What to run for a drop: itself, an earlier build that was chosen instead, or nothing, as its status then says. Throws DROP_UNREADABLE. */
  async toRun(winner: StagedBundle): Promise<StagedBundle | undefined> {
    const { name } = winner;
    if (this.showDisabled(name, winner)) return undefined;
    const bundle = (await this.#chosen(winner)) ?? winner;
    const { quarantined } = this.#state.get(name);
    if (quarantined?.digest === bundle.digest) {
      const fault = new StagedoorError('PLUGIN_QUARANTINED', quarantined.message);
      const { pluginIds = [] } = quarantined;
      this.#registry.set(name, 'quarantined', { bundle, fault, changes: { pluginIds } });
      return undefined;
    }
    if (quarantined) await this.#forget(name, 'quarantined');
    return bundle;
  }

  /** Shows a bundle as disabled, with its newest drop, if it is; returns whether it is. */
  showDisabled(name: string, bundle: StagedBundle | undefined): boolean {
    const { disabled } = this.#state.get(name);
    if (!disabled) return false;
    const status = this.#registry.get(name);
    if (status?.state !== 'disabled' || (bundle && status.digest !== bundle.digest)) {
      const message = `${name} was disabled by ${disabled.by} at ${disabled.since}.`;
      this.#registry.set(name, 'disabled', { bundle, fault: new StagedoorError('PLUGIN_DISABLED', message) });
    }
    return true;
  }

  /** Forgets the builds and ids of a bundle whose drops are gone; that it is disabled or quarantined holds when it comes back. */
  async forgetBuilds(name: string): Promise<void> {
    await this.#forget(name, 'chosen', 'serving', 'previous', 'holds');
  }

  /** Forgets the builds of bundles whose drops are gone, however that came. */
  async forgetRemoved(present: ReadonlySet<string>): Promise<void> {
    for (const name of this.#state.names()) if (!present.has(name)) await this.forgetBuilds(name);
  }

  /** A file that cannot be written is logged; what it should forget is then decided anew after a restart. */
  async #forget(name: string, ...what: Array<keyof PluginRecord>): Promise<void> {
    const changes = Object.fromEntries(what.map((key) => [key, undefined]));
    await this.#state.update(name, changes).catch((error: Error) => this.#logger.error(error.message, error));
  }

  /** The build that was chosen instead of this very drop, if its staged copy is still whole. */
  async #chosen(winner: StagedBundle): Promise<StagedBundle | undefined> {
    const { chosen } = this.#state.get(winner.name);
    if (!chosen) return undefined;
    const { name, digest, entry } = winner;
    const holds = chosen.instead === digest;
    const bundle = holds ? await readStaged(this.#shelves, name, chosen.digest, entry) : undefined;
    if (!bundle) {
      const why = holds ? 'its staged copy is gone' : `${entry} has changed`;
      this.#logger.info(`${name}: no longer held at ${chosen.version}: ${why}`);
      await this.#forget(name, 'chosen');
    }
    return bundle;
  }
}
