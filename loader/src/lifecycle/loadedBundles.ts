import { isDeepStrictEqual } from 'node:util';
import { unitsOf, type Contribution } from '../composition/contribution';
import { deletePackageDir, setPackageDir } from '../patches/packagePaths';
import { packageDirs, type StagedBundle } from '../stage/stagedBundle';
import type { OpenedRoute } from '../start/openedRoutes';
import type { StartedGeneration } from '../start/startedGeneration';
import { pluginAbsent } from './errors';
import type { StatusStore } from './statusStore';
import type { StateFile } from './stateFile';
import type { BuildStatus, PluginState, RecordedStatus } from './states';
import type { Units } from './units';

/** A bundle that is part of units, with its contribution. */
export interface LoadedBundle {
  bundle: StagedBundle;
  contribution: Contribution;
  since: string;
}

/** States of a loaded bundle, or of its newer drop, that do not depend on other bundles. */
const OWN_STATES: ReadonlySet<PluginState> = new Set<PluginState>([
  'failed',
  'rejected',
  'draining',
  'backoff',
  'quarantined',
  'disabled',
]);

/**
 * The bundles that are part of units, and their part of the status: the builds that serve, drain, wait, or can be rolled back
 * to.
 */
export class LoadedBundles {
  readonly #units: Pick<Units, 'get'>;
  readonly #registry: StatusStore;
  readonly #state: StateFile;
  readonly #loaded = new Map<string, LoadedBundle>();
  readonly #draining = new Map<string, BuildStatus[]>();

  constructor(options: { units: Pick<Units, 'get'>; registry: StatusStore; state: StateFile }) {
    this.#units = options.units;
    this.#registry = options.registry;
    this.#state = options.state;
  }

  get(name: string): LoadedBundle | undefined {
    return this.#loaded.get(name);
  }

  set(bundle: StagedBundle, contribution: Contribution): void {
    this.#loaded.set(bundle.name, { bundle, contribution, since: new Date().toISOString() });
    for (const [name, dir] of Object.entries(packageDirs(bundle))) setPackageDir(name, dir);
  }

  delete(name: string): void {
    const loaded = this.#loaded.get(name);
    this.#loaded.delete(name);
    for (const [packageName, dir] of Object.entries(loaded ? packageDirs(loaded.bundle) : {})) {
      deletePackageDir(packageName, dir);
    }
  }

  /** Shows a build as draining until `retired` resolves. */
  drain({ name, version, digest }: StagedBundle, retired: Promise<void>): void {
    const drained = { version, digest };
    this.#draining.set(name, [...(this.#draining.get(name) ?? []), drained]);
    void retired.then(() => {
      const left = this.#draining.get(name)!.filter((other) => other !== drained);
      if (left.length > 0) this.#draining.set(name, left);
      else this.#draining.delete(name);
      this.#registry.patch(name, { generations: this.#generations(name) });
    });
  }

  /** The part of a bundle's status that describes the loaded build. */
  status(name: string): Partial<RecordedStatus> {
    const loaded = this.#loaded.get(name);
    const generations = this.#generations(name);
    if (!loaded) return { loaded: undefined, openedRoutes: [], refusedRoutes: undefined, generations };
    const { bundle, contribution, since } = loaded;
    return {
      pluginIds: contribution.pluginIds,
      modules: contribution.modules,
      loaded: { ...build(bundle), since },
      generations,
      ...routesOf(
        name,
        unitsOf(contribution).map((id) => this.#units.get(id)?.current),
      ),
    };
  }

  /** Where a bundle runs, and its process with current figures. */
  whereabouts(name: string): Pick<RecordedStatus, 'isolation' | 'process'> {
    const loaded = this.#loaded.get(name);
    // Frontend bundles run in browsers, not here.
    if (!loaded || unitsOf(loaded.contribution).length === 0) return {};
    if (!loaded.contribution.part.isolated) return { isolation: 'in-process' };
    const generations = unitsOf(loaded.contribution).map((id) => this.#units.get(id)?.current);
    const process = generations.find((generation) => generation?.process)?.process;
    return { isolation: 'process', process };
  }

  /** How the process of a bundle is supervised; undefined if it runs in the portal, or in no unit. */
  supervision(name: string): StartedGeneration['supervision'] {
    const loaded = this.#loaded.get(name);
    if (!loaded?.contribution.part.isolated) return undefined;
    const all = unitsOf(loaded.contribution).map((id) => this.#units.get(id)?.current?.supervision);
    return all.find((supervision) => supervision && supervision.state !== 'running') ?? all.find(Boolean);
  }

  /** Updates the statuses that depend on other bundles: modules wait for their plugin, or run with it. */
  refreshAll(): void {
    for (const { bundle } of this.#loaded.values()) {
      const status = this.#registry.get(bundle.name);
      if (status && OWN_STATES.has(status.state)) continue;
      const changes = this.status(bundle.name);
      const absent = this.#absentPlugin(bundle.name);
      const state = absent ? 'waiting' : 'running';
      const fault = absent ? pluginAbsent(bundle.name, absent) : undefined;
      if (status?.state === state && status.code === fault?.code && sameRoutes(status, changes)) continue;
      this.#registry.set(bundle.name, state, { bundle, fault, changes });
    }
  }

  /** Updates the open paths of plugins: they may open some while they run. */
  refreshRoutes(): void {
    for (const name of this.#loaded.keys()) {
      const { openedRoutes, refusedRoutes } = this.status(name);
      const status = this.#registry.get(name);
      if (!status || isDeepStrictEqual([status.openedRoutes, status.refusedRoutes], [openedRoutes, refusedRoutes]))
        continue;
      this.#registry.patch(name, { openedRoutes, refusedRoutes });
    }
  }

  /** The plugin that the whole bundle waits for; undefined if any part of it runs. */
  #absentPlugin(name: string): string | undefined {
    const ids = unitsOf(this.#loaded.get(name)?.contribution);
    return ids.some((id) => this.#units.get(id)?.current) ? undefined : ids[0];
  }

  #generations(name: string): RecordedStatus['generations'] {
    const serving = this.#loaded.get(name)?.bundle;
    const previous = this.#state.rollbackTarget(name, serving?.digest);
    return [
      ...(serving ? [{ ...build(serving), role: 'serving' as const }] : []),
      ...(this.#draining.get(name) ?? []).map((other) => ({ ...other, role: 'draining' as const })),
      ...(previous ? [{ ...build(previous), role: 'previous' as const }] : []),
    ];
  }
}

function build({ version, digest }: BuildStatus): BuildStatus {
  return { version, digest };
}

/** What a bundle declared open, in whichever unit. */
function routesOf(
  owner: string,
  generations: ReadonlyArray<StartedGeneration | undefined>,
): Pick<RecordedStatus, 'openedRoutes' | 'refusedRoutes'> {
  const own = (list: 'openedRoutes' | 'refusedRoutes'): OpenedRoute[] =>
    generations.flatMap((generation) =>
      (generation?.[list] ?? [])
        .filter((route) => (route.owner ?? generation!.composition.plugin?.owner) === owner)
        .map(({ pluginId, path, allow }) => ({ pluginId, path, allow })),
    );
  const refused = own('refusedRoutes');
  return { openedRoutes: own('openedRoutes'), refusedRoutes: refused.length > 0 ? refused : undefined };
}

function sameRoutes(status: RecordedStatus, changes: Partial<RecordedStatus>): boolean {
  return (
    JSON.stringify([status.openedRoutes, status.refusedRoutes, status.loaded]) ===
    JSON.stringify([changes.openedRoutes, changes.refusedRoutes, changes.loaded])
  );
}
