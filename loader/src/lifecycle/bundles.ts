import type { LoggerService } from '@backstage/backend-plugin-api';
import type { ErrorCode, StagedoorError } from '@stagedoor/bundle';
import { holderIn } from '../composition/errors';
import { claimsOf, type Contribution } from '../composition/contribution';
import { STATIC_OWNER } from '../composition/part';
import { faultText } from '../errors/faultText';
import { isShortage } from '../errors/passingCause';
import { unloadModules } from '../resolve/loadFeatures';
import type { StagedBundle } from '../stage/stagedBundle';
import type { GateResult } from '../validate/gate';
import { withLastLines } from './errors';
import { LoadedBundles } from './loadedBundles';
import type { StateFile } from './stateFile';
import type { RecordedStatus } from './states';
import type { RecordedRefusal, StatusStore } from './statusStore';
import type { Units } from './units';

/** Errors of code that ran; every other error is a rejection before anything ran. */
const FAILURES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'LOAD_FAILED',
  'MODULE_NOT_FOUND',
  'REGISTER_FAILED',
  'INIT_FAILED',
  'START_TIMEOUT',
  'ACCESS_DENIED',
  'PROCESS_ENDED',
  'PROCESS_HUNG',
  'PROCESS_OUT_OF_MEMORY',
  'ROOT_ROUTE_REFUSED',
  'DROP_UNREADABLE',
]);

/** Dependencies of {@link Bundles}. */
export interface BundlesOptions {
  units: Pick<Units, 'get'>;
  registry: StatusStore;
  state: StateFile;
  logger: LoggerService;
  /** The last lines of the log of a plugin, redacted. */
  lastLines?(name: string): string[];
}

/** The loaded bundles, and the state of each; changed by the pipeline, operators and supervision. */
export class Bundles {
  readonly #options: BundlesOptions;
  readonly #loaded: LoadedBundles;
  readonly #retiring = new Set<Promise<void>>();
  /** By name, the folder of the staged copy that was last checked against the policy. */
  readonly #judged = new Map<string, string>();
  /** Names of bundles whose last error was a shortage. */
  readonly #short = new Set<string>();

  constructor(options: BundlesOptions) {
    this.#options = options;
    this.#loaded = new LoadedBundles(options);
  }

  /** Names of all bundles that have a status. */
  names(): string[] {
    return this.#options.registry.list().map(({ name }) => name);
  }

  /** The bundle of that name that is part of units now. */
  loaded(name: string): StagedBundle | undefined {
    return this.#loaded.get(name)?.bundle;
  }

  /** Every bundle that is part of units now. */
  allLoaded(): StagedBundle[] {
    return this.names().flatMap((name) => this.loaded(name) ?? []);
  }

  /** What the bundle of that name brings to units now. */
  contribution(name: string): Contribution | undefined {
    return this.#loaded.get(name)?.contribution;
  }

  /** Where a bundle runs, see {@link LoadedBundles.whereabouts}. */
  whereabouts(name: string): Pick<RecordedStatus, 'isolation' | 'process'> {
    return this.#loaded.whereabouts(name);
  }

  /** Why the newest build of a name does not run, see {@link StatusStore.refusal}. */
  refusal(name: string): RecordedRefusal | undefined {
    return this.#options.registry.refusal(name);
  }

  /** How the process of a bundle is supervised, see {@link LoadedBundles.supervision}. */
  supervision(name: string): ReturnType<LoadedBundles['supervision']> {
    return this.#loaded.supervision(name);
  }

  /** True if the same files are loaded. */
  isLoaded({ name, digest }: StagedBundle): boolean {
    return this.loaded(name)?.digest === digest;
  }

  /** True for a staged copy whose files are loaded and whose signatures were checked. */
  isServed(bundle: StagedBundle): boolean {
    return this.isLoaded(bundle) && this.#judged.get(bundle.name) === bundle.dir;
  }

  /** True for a bundle that failed because files, memory or space were short, and may start when they are available again. */
  ranShort(name: string): boolean {
    return this.#short.has(name) && this.#options.registry.get(name)?.state === 'failed';
  }

  /**
   * Names of the bundles that were refused an id and whose turn may have come, now that what is loaded under `changed` is another:
   * all but those that wait for a bundle that still runs, or for the portal itself, which keeps its ids.
   */
  contenders(changed?: string): string[] {
    const { registry } = this.#options;
    return this.names().filter((name) => {
      const holder = holderIn(registry.get(name));
      if (name === changed || holder === undefined || holder === STATIC_OWNER) return false;
      return holder === changed || !this.loaded(holder);
    });
  }

  /** A bundle is about to be validated and loaded. */
  staging(bundle: StagedBundle): void {
    this.#options.registry.set(bundle.name, 'staging', { bundle, changes: { attempt: undefined } });
  }

  /** A bundle was checked against host, policy and app-config. */
  judged({ name, dir }: StagedBundle, { late, signature }: GateResult): void {
    if (!late) this.#judged.set(name, dir);
    this.#options.registry.patch(name, { signature });
  }

  /** Its units are about to start. */
  starting(bundle: StagedBundle): void {
    this.#options.registry.set(bundle.name, 'starting', { bundle });
  }

  /** It is part of units from now on. */
  loads(bundle: StagedBundle, contribution: Contribution): void {
    this.#loaded.set(bundle, contribution);
  }

  /** It is no longer part of any unit. */
  unloads(name: string): void {
    this.#loaded.delete(name);
  }

  /** Records for later runs of the portal which build serves, and the ids that it holds. */
  remember(bundle: StagedBundle, contribution: Contribution): void {
    const holds = claimsOf(contribution).map(({ claim }) => claim);
    this.#write(this.#options.state.served(bundle.name, bundle, holds));
  }

  /** The generations that `before` was part of are replaced and have stopped when `drained` resolves. */
  replaced(before: StagedBundle | undefined, drained: Promise<void>): void {
    if (!before) return this.#track(drained);
    this.#loaded.drain(before, drained);
    this.#track(
      drained.then(() => {
        if (this.loaded(before.name)?.dir !== before.dir) unloadModules(before.dir);
      }),
    );
  }

  /** A bundle must not, or cannot, run; its loaded build stays. Returns the error. */
  failed(bundle: StagedBundle, fault: StagedoorError): StagedoorError {
    if (this.loaded(bundle.name)?.dir !== bundle.dir) unloadModules(bundle.dir);
    const state = FAILURES.has(fault.code) ? 'failed' : 'rejected';
    if (isShortage(fault)) this.#short.add(bundle.name);
    else this.#short.delete(bundle.name);
    this.#options.registry.set(bundle.name, state, { bundle, fault, changes: this.#loaded.status(bundle.name) });
    return fault;
  }

  /** A bundle is being taken out of its units. */
  draining(name: string): void {
    this.#options.registry.set(name, 'draining');
  }

  /** A bundle has been taken out of its units, and answers its last requests. */
  takenOut(name: string): void {
    this.#options.registry.patch(name, this.#loaded.status(name));
  }

  /** A bundle could not be taken out of its units. */
  notTakenOut(name: string, fault: StagedoorError): void {
    this.#options.registry.set(name, 'failed', { fault });
  }

  /** Forgets the status of a bundle that is gone. */
  forget(name: string): void {
    this.#options.registry.delete(name);
  }

  /** The same after its last request, unless it has come back. */
  forgetAfter(name: string, stopped: Promise<void>): void {
    const { registry } = this.#options;
    this.#track(
      stopped.then(() => {
        if (!this.loaded(name) && registry.get(name)?.state === 'draining') registry.delete(name);
      }),
    );
  }

  /** Updates the statuses that depend on other bundles, see {@link LoadedBundles.refreshAll}. */
  refreshAll(): void {
    this.#loaded.refreshAll();
  }

  /** Resolves when every generation that was replaced or removed has stopped. */
  async retired(): Promise<void> {
    await Promise.all(this.#retiring);
  }

  /** The process of a plugin ended by itself and is about to be restarted, for the `attempt`th time in a row. */
  backOff(name: string, fault: StagedoorError, attempt: number): void {
    const crash = withLastLines(fault, this.#options.lastLines?.(name) ?? []);
    this.#options.registry.set(name, 'backoff', { bundle: this.loaded(name), fault: crash, changes: { attempt } });
  }

  /** A plugin that was in backoff runs again. */
  recovered(name: string): void {
    const { registry } = this.#options;
    if (registry.get(name)?.state !== 'backoff') return;
    const bundle = this.loaded(name);
    const changes = { ...this.#loaded.status(name), attempt: undefined };
    registry.set(name, 'running', { bundle, changes });
    this.showRefusal(name);
  }

  /**
   * Shows again why the newest build of a plugin does not run, while an earlier one does. `fallbackFault`: why that one does
   * not run either.
   */
  showRefusal(name: string, refusal = this.#options.registry.refusal(name), fallbackFault?: StagedoorError): void {
    if (!refusal) return;
    const { state, bundle, error } = refusal;
    this.#options.registry.set(name, state, { bundle, fault: error, changes: this.#loaded.status(name) });
    if (fallbackFault) this.#options.registry.fallbackFailed(name, fallbackFault);
  }

  /** A plugin opened a path, or was prevented from it. */
  routesChanged(): void {
    this.#loaded.refreshRoutes();
  }

  /** The process of a plugin ended too often: it is not restarted until an operator reloads it, or its drop changes. */
  quarantine(name: string, fault: StagedoorError): void {
    const bundle = this.loaded(name);
    const digest = bundle?.digest;
    const { registry, state } = this.#options;
    const crash = withLastLines(fault, this.#options.lastLines?.(name) ?? []);
    registry.set(name, 'quarantined', { bundle, fault: crash });
    if (!digest) return;
    const pluginIds = registry.get(name)?.pluginIds;
    const quarantined = { since: new Date().toISOString(), digest, message: fault.message, pluginIds };
    this.#write(state.update(name, { quarantined }));
  }

  /** An unwritable state file must not stop running plugins. */
  #write(written: Promise<void>): void {
    written.catch((error: StagedoorError) => this.#options.logger.error(faultText(error)));
  }

  #track(work: Promise<void>): void {
    this.#retiring.add(work);
    void work.finally(() => this.#retiring.delete(work));
  }
}
