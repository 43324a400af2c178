import type { LoggerService } from '@backstage/backend-plugin-api';
import { readStaged } from '../stage/readStaged';
import type { Shelves } from '../stage/shelf';
import type { StagedBundle } from '../stage/stagedBundle';
import type { StatusStore } from '../lifecycle/statusStore';
import type { PluginRecord, StateFile } from '../lifecycle/stateFile';
import { pluginDisabled, stillQuarantined } from './errors';

/** Dependencies of {@link Decisions}. */
export interface DecisionsOptions {
  state: StateFile;
  shelves: Shelves;
  registry: StatusStore;
  logger: LoggerService;
  /** `dynamicPlugins.lastGood`. */
  lastGood: boolean;
}

/** Applies operator decisions and quarantines to the drop that takes precedence for a name. */
export class Decisions {
  readonly #state: StateFile;
  readonly #shelves: Shelves;
  readonly #registry: StatusStore;
  readonly #logger: LoggerService;
  readonly #fallBack: boolean;

  constructor(options: DecisionsOptions) {
    this.#state = options.state;
    this.#shelves = options.shelves;
    this.#registry = options.registry;
    this.#logger = options.logger;
    this.#fallBack = options.lastGood;
  }

  /**
   * The build to run for a drop: the drop itself, an earlier build that was chosen instead, or none, which its status then
   * explains. Throws DROP_UNREADABLE.
   */
  async toRun(winner: StagedBundle): Promise<StagedBundle | undefined> {
    const { name } = winner;
    if (this.showDisabled(name, winner)) return undefined;
    const bundle = (await this.#chosen(winner)) ?? winner;
    const { quarantined } = this.#state.get(name);
    if (quarantined?.digest === bundle.digest) {
      const fault = stillQuarantined(quarantined.message);
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
      this.#registry.set(name, 'disabled', { bundle, fault: pluginDisabled(name, disabled) });
    }
    return true;
  }

  /**
   * The build that served last, to run instead of the drop `winner` in `entry`, which cannot: undefined if it is that drop,
   * if its staged copy is gone, if an operator disabled the plugin, or if `dynamicPlugins.lastGood` is false. Throws
   * DROP_UNREADABLE.
   */
  async lastGood(name: string, winner: StagedBundle | undefined, entry: string): Promise<StagedBundle | undefined> {
    const { serving, disabled, quarantined } = this.#state.get(name);
    if (!this.#fallBack || !serving || disabled) return undefined;
    if (serving.digest === winner?.digest || serving.digest === quarantined?.digest) return undefined;
    return await readStaged(this.#shelves, name, serving.digest, winner?.entry ?? entry);
  }

  /** The package that an entry of the root directory held when it ran last. */
  packageOf(entry: string): string | undefined {
    return this.#state.names().find((name) => this.#state.get(name).serving?.drop === entry);
  }

  /** Removes the records of builds and ids of a bundle without drops. That it is disabled or quarantined stays recorded. */
  async forgetBuilds(name: string): Promise<void> {
    await this.#forget(name, 'chosen', 'serving', 'previous', 'holds');
  }

  /** Removes the records of builds of all bundles without drops. */
  async forgetRemoved(present: ReadonlySet<string>): Promise<void> {
    for (const name of this.#state.names()) if (!present.has(name)) await this.forgetBuilds(name);
  }

  /** A write error is logged; the record is then removed after a restart. */
  async #forget(name: string, ...what: Array<keyof PluginRecord>): Promise<void> {
    const changes = Object.fromEntries(what.map((key) => [key, undefined]));
    await this.#state.update(name, changes).catch((error: Error) => this.#logger.error(error.message, error));
  }

  /** The build that was chosen instead of exactly this drop, if its staged copy is intact. */
  async #chosen(winner: StagedBundle): Promise<StagedBundle | undefined> {
    const { chosen } = this.#state.get(winner.name);
    if (!chosen) return undefined;
    const { name, digest, entry } = winner;
    const holds = chosen.instead === digest;
    const bundle = holds ? await readStaged(this.#shelves, name, chosen.digest, entry) : undefined;
    if (!bundle) {
      const why = holds ? 'its staged copy is gone' : `${entry} has changed`;
      this.#logger.info(`${name}: no longer pinned to ${chosen.version}: ${why}`);
      await this.#forget(name, 'chosen');
    }
    return bundle;
  }
}
