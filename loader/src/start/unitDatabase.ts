import { coreServices, type DatabaseService, type RootLoggerService } from '@backstage/backend-plugin-api';
import type { ServiceFeature } from '../host/features';
import type { RootServices } from '../host/rootServices';
import { STATIC_OWNER, bundlesOf, partsOf, type Composition } from '../composition/part';
import type { StartFailure } from './startFailure';
import type { UnitServices } from './unitServices';
import { DatabaseUse, type DatabaseReport, type DatabaseSetup, type DatabaseWatch } from '../migrations/databaseUse';
import { pluginDatabase } from '../migrations/pluginDatabase';
import { explainDatabase } from './explainDatabase';

/** The database of a plugin for one generation in this process. */
export class UnitDatabase {
  readonly #pluginId: string;
  readonly #setup: DatabaseSetup;
  readonly #use: DatabaseUse;
  #report: DatabaseReport = { newer: [], present: [], added: [] };

  constructor(pluginId: string, composition: Composition, watch: DatabaseWatch) {
    const owner = composition.plugin?.owner;
    this.#pluginId = pluginId;
    this.#setup = watch.setup();
    this.#use = new DatabaseUse({
      pluginId,
      pluginOwner: owner === STATIC_OWNER ? undefined : owner,
      bundles: bundlesOf(composition),
      setup: this.#setup,
      ownService: partsOf(composition).some(({ services }) => services.some(({ service }) => isDatabase(service))),
      onReport: (report) => {
        this.#report = report;
        watch.heard(report);
      },
    });
  }

  /**
   * Compares the database with the build before anything is started. Throws DATABASE_NEWER, DATABASE_LOCKED,
   * DATABASE_UNREADABLE.
   */
  async check(services: RootServices, rootLogger: RootLoggerService): Promise<void> {
    if (!(await this.#use.concerns())) return;
    const service = await pluginDatabase(this.#pluginId, services, rootLogger).catch(() => undefined);
    if (service) await this.#use.check(service);
  }

  /** The factory of the database service for the generation; undefined if the portal has none. */
  service(unit: UnitServices, services: RootServices): ServiceFeature | undefined {
    if (!services.provides(coreServices.database.id)) return undefined;
    const original = unit.share(services.original(coreServices.database));
    return {
      ...original,
      factory: async (deps, context) => this.#use.wrap((await original.factory(deps, context)) as DatabaseService),
    };
  }

  /** The errors of a start, with what was done to the database before. */
  explain(failure: StartFailure): StartFailure {
    return explainDatabase(failure, this.#report, this.#setup.recorded);
  }

  /** See {@link DatabaseUse.started}. */
  started(): void {
    this.#use.started();
  }

  end(): void {
    this.#use.end();
  }
}

function isDatabase({ id }: { id: string }): boolean {
  return id === coreServices.database.id;
}
