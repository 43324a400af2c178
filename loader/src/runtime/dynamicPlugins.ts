import type { StagedoorError } from '@stagedoor/bundle';
import { type HostManifest } from '@stagedoor/bundle';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { unknownPlugin } from '../errors/errors';
import type { EventLog } from '../lifecycle/eventLog';
import type { Operation } from '../lifecycle/operation';
import { missingOf } from '../lifecycle/required';
import type { PluginStatus } from '../lifecycle/states';
import type { Observations } from '../observability/observations';
import type { BundleDetails } from '../operator/bundleDetails';
import type { PluginOperationKind } from '../operator/operator';
import { watchRoot } from '../scan/watchRoot';
import type { SchemaEntry } from '../validate/configSchema';
import { bootRuntime, stopRuntime } from './boot';
import { currentFaults, missingPolicies } from './currentFaults';
import { operationUnknown, rootDirectoryUnset } from './errors';
import type { RuntimeParts } from './runtimeParts';

/** What the rest of the portal sees of the runtime; it is made by `createRuntime`. */
export class DynamicPlugins {
  readonly #parts: RuntimeParts;
  readonly #onBooted: () => void;
  #stopped: Promise<void> | undefined;

  /** `onBooted` hears that {@link boot} has ended, well or not. */
  constructor(parts: RuntimeParts, onBooted: () => void) {
    this.#parts = parts;
    this.#onBooted = onBooted;
  }

  get host(): HostManifest {
    return this.#parts.host;
  }

  /** What happened to the dynamic plugins, and what happens next. */
  get events(): EventLog {
    return this.#parts.events;
  }

  /** How the plugins are. */
  get observations(): Observations {
    return this.#parts.observations;
  }

  /** What the bundles that serve, or would, say of themselves. */
  get details(): BundleDetails {
    return this.#parts.details;
  }

  /** Statuses of all bundles, sorted by name. */
  list(): PluginStatus[] {
    return this.#parts.registry.list().map((status) => this.#complete(status));
  }

  /** What keeps the portal from following its drops now. */
  faults(): StagedoorError[] {
    return currentFaults(this.#parts);
  }

  /**
   * The config schemas of all bundles that are loaded, for whoever shows app-config to browsers: Backstage's app plugin gives
   * them those values that a schema calls visible.
   */
  schemas(): SchemaEntry[] {
    const { dynamic, gate } = this.#parts;
    return (dynamic?.bundles.allLoaded() ?? []).flatMap((bundle) => gate.schemasOf(bundle));
  }

  /** What of `dynamicPlugins.required` does not serve now: plugin ids and package names. */
  missingRequired(): string[] {
    const { dynamic, registry, units } = this.#parts;
    const required = dynamic?.settings.required ?? [];
    return missingOf(required, registry.list(), (id) => units.get(id)?.current !== undefined);
  }

  /** Bundles that are to set a permission policy, and do not run though nobody disabled or removed them. */
  failedPolicies(): string[] {
    return missingPolicies(this.#parts);
  }

  /** One bundle's status by its name. Throws PLUGIN_UNKNOWN. */
  status(name: string): PluginStatus {
    const { registry, observations } = this.#parts;
    const status = registry.get(name);
    if (!status) throw unknownPlugin(name);
    return { ...this.#complete(status), ...observations.bootOf(status) };
  }

  /** Starts an operation; see {@link Operator.start}. */
  operate(kind: PluginOperationKind, name: string, by: string): { operation: Operation; done: Promise<Operation> } {
    const { dynamic } = this.#parts;
    if (!dynamic) throw unknownPlugin(name);
    return dynamic.operator.start(kind, name, by);
  }

  /** Takes an archive for the root directory; see {@link Operator.upload}. Throws ROOT_UNWRITABLE where there is none. */
  async upload(body: Readable, by: string): Promise<{ operation: Operation; done: Promise<Operation> }> {
    const { dynamic } = this.#parts;
    if (!dynamic) throw rootDirectoryUnset();
    return await dynamic.operator.upload(body, by);
  }

  /** An operation of this run of the portal. Throws OPERATION_UNKNOWN. */
  operation(id: string): Operation {
    const operation = this.#parts.operations.get(id);
    if (!operation) throw operationUnknown(id);
    return operation;
  }

  /** Plugins that run or are starting, with their modules, static ones included. */
  installedPlugins(): Array<{ pluginId: string; modules: Array<{ moduleId: string }> }> {
    return this.#parts.units.installed();
  }

  /** Starts every unit; resolves when each has reached an end state. Rejects when a static plugin must not fail. */
  async boot(): Promise<void> {
    await bootRuntime(this.#parts).finally(this.#onBooted);
  }

  /** Has root start-up hooks run, when the portal has started; resolves when those of its own plugins have ended. */
  async started(): Promise<void> {
    await this.#parts.startupHooks.open();
  }

  /** Begins to follow the root directory, when the portal has started: a first look at every file takes a start's time. */
  watch(): void {
    const { dynamic, closers } = this.#parts;
    if (!dynamic || this.#stopped) return;
    const { drops, settings } = dynamic;
    const changed = (entry: string): void => drops.changed(entry);
    closers.add(watchRoot(settings.rootDirectory, drops.entries(), changed, (fault) => drops.readable(fault)));
  }

  /** Stops following drops, lets requests finish, runs every plugin's shutdown hooks. `delayMs` comes first. */
  stop(delayMs = 0): Promise<void> {
    this.#stopped ??= (async () => {
      if (delayMs > 0) await sleep(delayMs);
      await stopRuntime(this.#parts);
    })();
    return this.#stopped;
  }

  #databaseOf(name: string): Pick<PluginStatus, 'database'> {
    const { dynamic, migrations } = this.#parts;
    const loaded = dynamic?.bundles.loaded(name);
    const database = loaded && migrations?.newer(loaded);
    return database ? { database } : {};
  }

  #complete(status: PluginStatus): PluginStatus {
    const { dynamic, observations } = this.#parts;
    return {
      ...status,
      ...dynamic?.bundles.whereabouts(status.name),
      ...observations.of(status),
      ...this.#databaseOf(status.name),
      ...(dynamic?.reports.has(status.name) && { developed: true }),
    };
  }
}
