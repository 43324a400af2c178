import type { StagedoorError } from '@stagedoor/bundle';
import { type HostManifest } from '@stagedoor/bundle';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HistoryEntry } from '../adminApi';
import { unknownPlugin } from '../errors/errors';
import type { EventLog } from '../lifecycle/eventLog';
import type { Operation } from '../lifecycle/operation';
import { missingOf } from '../lifecycle/required';
import type { PluginStatus, RecordedStatus } from '../lifecycle/states';
import type { PluginLogs } from '../logs/pluginLogs';
import type { Observations } from '../observability/observations';
import type { BundleDetails } from '../operator/bundleDetails';
import type { PluginOperationKind } from '../operator/operator';
import { watchRoot } from '../scan/watchRoot';
import type { SchemaEntry } from '../validate/configSchema';
import { bootRuntime, stopRuntime } from './boot';
import { currentFaults, missingPolicies } from './currentFaults';
import { operationUnknown, rootDirectoryUnset } from './errors';
import type { RuntimeParts } from './runtimeParts';

/** The facade of the runtime for the rest of the portal; created by `createRuntime`. */
export class DynamicPlugins {
  readonly #parts: RuntimeParts;
  readonly #onBooted: () => void;
  #stopped: Promise<void> | undefined;

  /** `onBooted` is called when {@link boot} has ended, successfully or not. */
  constructor(parts: RuntimeParts, onBooted: () => void) {
    this.#parts = parts;
    this.#onBooted = onBooted;
  }

  get host(): HostManifest {
    return this.#parts.host;
  }

  /** The past and future events of the dynamic plugins. */
  get events(): EventLog {
    return this.#parts.events;
  }

  /** Health and metrics of the plugins. */
  get observations(): Observations {
    return this.#parts.observations;
  }

  /** Details from the files of bundles. */
  get details(): BundleDetails {
    return this.#parts.details;
  }

  /** Statuses of all bundles, sorted by name. */
  list(): PluginStatus[] {
    return this.#parts.registry.list().map((status) => this.#complete(status));
  }

  /** The errors that keep the portal from following its drops. */
  faults(): StagedoorError[] {
    return currentFaults(this.#parts);
  }

  /**
   * The config schemas of all loaded bundles, for code that sends app-config to browsers: Backstage's app plugin includes the
   * values that a schema declares visible.
   */
  schemas(): SchemaEntry[] {
    const { dynamic, gate } = this.#parts;
    return (dynamic?.bundles.allLoaded() ?? []).flatMap((bundle) => gate.schemasOf(bundle));
  }

  /** Entries of `dynamicPlugins.required` that do not serve: plugin ids and package names. */
  missingRequired(): string[] {
    const { dynamic, registry, units } = this.#parts;
    const required = dynamic?.settings.required ?? [];
    return missingOf(required, registry.list(), (id) => units.get(id)?.current !== undefined);
  }

  /** Bundles that should set a permission policy and are not running, although nobody disabled or removed them. */
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

  /** The logs of all plugins, for one that is known. Throws PLUGIN_UNKNOWN. */
  logsOf(name: string): PluginLogs {
    const { dynamic, registry } = this.#parts;
    if (!dynamic || !registry.get(name)) throw unknownPlugin(name);
    return dynamic.logs;
  }

  /** What happened to a plugin, latest first; it may be gone. Throws PLUGIN_UNKNOWN. */
  history(name: string): HistoryEntry[] {
    const { dynamic, registry } = this.#parts;
    const entries = dynamic?.history.of(name) ?? [];
    if (entries.length === 0 && !registry.get(name)) throw unknownPlugin(name);
    return entries;
  }

  /** Starts an operation; see {@link Operator.start}. */
  operate(kind: PluginOperationKind, name: string, by: string): { operation: Operation; done: Promise<Operation> } {
    const { dynamic } = this.#parts;
    if (!dynamic) throw unknownPlugin(name);
    return dynamic.operator.start(kind, name, by);
  }

  /**
   * Receives an archive for the root directory; see {@link Operator.upload}. Throws ROOT_UNWRITABLE if there is no root
   * directory.
   */
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

  /** Starts every unit; resolves when each has reached an end state. Rejects if a static plugin fails that must not. */
  async boot(): Promise<void> {
    await bootRuntime(this.#parts).finally(this.#onBooted);
  }

  /** Runs root start-up hooks when the portal has started; resolves when those of static plugins have ended. */
  async started(): Promise<void> {
    await this.#parts.startupHooks.open();
  }

  /** Starts following the root directory after the portal has started, because the first look at every file takes time. */
  watch(): void {
    const { dynamic, closers, logger } = this.#parts;
    if (!dynamic || this.#stopped) return;
    const { drops, settings } = dynamic;
    const listener = {
      changed: (entry: string) => drops.changed(entry),
      readable: (fault: StagedoorError | undefined) => drops.readable(fault),
      polling: (why: string) => logger.warn(why),
    };
    closers.add(watchRoot(settings.rootDirectory, drops.entries(), listener));
  }

  /** Stops following drops, lets requests finish, runs every plugin's shutdown hooks. `delayMs` comes first. */
  stop(delayMs = 0): Promise<void> {
    this.#stopped ??= (async () => {
      if (delayMs > 0) await sleep(delayMs);
      await stopRuntime(this.#parts);
    })();
    return this.#stopped;
  }

  #databaseOf(name: string): Pick<RecordedStatus, 'database'> {
    const { dynamic, migrations } = this.#parts;
    const loaded = dynamic?.bundles.loaded(name);
    const database = loaded && migrations?.newer(loaded);
    return database ? { database } : {};
  }

  #complete(status: RecordedStatus): PluginStatus {
    const { dynamic, observations, summaryOf } = this.#parts;
    return {
      ...status,
      ...dynamic?.bundles.whereabouts(status.name),
      ...observations.of(status),
      ...this.#databaseOf(status.name),
      ...(dynamic?.reports.has(status.name) && { developed: true }),
      summary: summaryOf(status),
    };
  }
}
