import { restoreError } from '@stagedoor/bundle';
import type { Readable } from 'node:stream';
import { unknownPlugin } from '../errors/errors';
import { readStaged } from '../stage/readStaged';
import type { Shelves } from '../stage/shelf';
import type { Bundles } from '../lifecycle/bundles';
import type { Pipeline } from '../pipeline/pipeline';
import type { Decisions } from './decisions';
import type { DropDirectory } from '../drops/dropDirectory';
import type { Operation, OperationKind } from '../lifecycle/operation';
import { earlierBuildGone, noEarlierBuild, pluginDisabled } from './errors';
import type { Operations } from './operations';
import type { StatusStore } from '../lifecycle/statusStore';
import type { StateFile } from '../lifecycle/stateFile';
import type { Uploads } from '../drops/uploads';

/** Dependencies of {@link Operator}. */
export interface OperatorOptions {
  operations: Operations;
  drops: DropDirectory;
  pipeline: Pick<Pipeline<unknown>, 'exclusively' | 'reconcile' | 'activate' | 'takeOut'>;
  bundles: Bundles;
  decisions: Decisions;
  registry: StatusStore;
  state: StateFile;
  shelves: Shelves;
  uploads: Uploads;
}

/** Operations on an existing bundle. */
export type PluginOperationKind = Exclude<OperationKind, 'upload'>;

/** The operations of an operator; each is an {@link Operation}, one at a time for each bundle. */
export class Operator {
  readonly #options: OperatorOptions;

  constructor(options: OperatorOptions) {
    this.#options = options;
  }

  /**
   * Starts an operation on a bundle on behalf of `by` (an entity ref). It fails with the error of a bundle that does not
   * start. Throws PLUGIN_UNKNOWN, OPERATION_IN_PROGRESS, PLUGIN_DISABLED (reload, rollback), ROLLBACK_IMPOSSIBLE,
   * and the code of {@link Uploads.checkRemovable}.
   */
  start(kind: PluginOperationKind, name: string, by: string): { operation: Operation; done: Promise<Operation> } {
    const { operations, drops, state, uploads } = this.#options;
    if (!drops.names().has(name)) {
      throw unknownPlugin(name);
    }
    const { disabled } = state.get(name);
    if (disabled && (kind === 'reload' || kind === 'rollback')) {
      throw pluginDisabled(name, disabled);
    }
    if (kind === 'rollback' && !this.#target(name)) {
      throw noEarlierBuild(name);
    }
    if (kind === 'remove') uploads.checkRemovable(name);
    return operations.start({ kind, plugin: name, by }, () => this.#run(kind, name, by));
  }

  /**
   * Receives an archive, checks it, and starts the operation that moves it into the root directory; that fails with the error
   * of a bundle that does not start. Throws OPERATION_IN_PROGRESS and the codes of {@link Uploads.receive}.
   */
  async upload(body: Readable, by: string): Promise<{ operation: Operation; done: Promise<Operation> }> {
    const { operations, uploads } = this.#options;
    const upload = await uploads.receive(body);
    try {
      return operations.start({ kind: 'upload', plugin: upload.name, by }, async () => {
        await upload.place();
        this.#check(upload.name);
      });
    } catch (error) {
      await upload.discard();
      throw error;
    }
  }

  #run(kind: PluginOperationKind, name: string, by: string): Promise<void> {
    if (kind === 'reload') return this.#reload(name);
    if (kind === 'disable') return this.#disable(name, by);
    if (kind === 'enable') return this.#enable(name);
    if (kind === 'remove') return this.#remove(name);
    return this.#rollback(name, by);
  }

  /** Restarts the loaded build, or the drop if that has changed. Ends a quarantine. */
  async #reload(name: string): Promise<void> {
    const { drops, pipeline, bundles, decisions, state } = this.#options;
    await state.update(name, { quarantined: undefined });
    const before = bundles.loaded(name);
    await drops.refresh(name);
    const fault = await pipeline.exclusively(name, async () => {
      const winner = drops.winner(name);
      const bundle = winner && (await decisions.toRun(winner));
      const loaded = bundles.loaded(name);
      // A drop that had changed has just been started.
      const started = loaded !== before && loaded?.digest === bundle?.digest;
      return bundle && !started ? await pipeline.activate(bundle, { again: true }) : undefined;
    });
    if (fault) throw fault;
    this.#check(name);
  }

  /** Takes a bundle out of service until it is enabled, whatever is dropped; ends after its last request. */
  async #disable(name: string, by: string): Promise<void> {
    const { drops, pipeline, bundles, decisions, state } = this.#options;
    if (state.get(name).disabled) return;
    await state.update(name, { disabled: { since: new Date().toISOString(), by } });
    try {
      const stopped = await pipeline.exclusively(name, async () =>
        bundles.loaded(name) ? await pipeline.takeOut(name) : undefined,
      );
      await stopped?.stopped;
    } catch (error) {
      await state.update(name, { disabled: undefined });
      await pipeline.reconcile(name);
      throw error;
    }
    decisions.showDisabled(name, drops.winner(name));
  }

  async #enable(name: string): Promise<void> {
    const { pipeline, state } = this.#options;
    if (!state.get(name).disabled) return;
    await state.update(name, { disabled: undefined });
    await pipeline.reconcile(name);
    this.#check(name);
  }

  /** Deletes an upload. Nothing about it is remembered, so that it runs when it is uploaded again. */
  async #remove(name: string): Promise<void> {
    const { uploads, drops, state } = this.#options;
    await uploads.remove(name);
    if (!drops.names().has(name)) await state.update(name, { disabled: undefined });
  }

  /** Starts the previous build and keeps it until the drop changes. */
  async #rollback(name: string, by: string): Promise<void> {
    const { drops, pipeline, shelves, state } = this.#options;
    await pipeline.exclusively(name, async () => {
      const { digest, version } = this.#target(name)!;
      const winner = drops.winner(name);
      const bundle = await readStaged(shelves, name, digest, winner?.entry ?? '');
      if (!bundle) throw earlierBuildGone(name, version);
      const { chosen, newest } = state.get(name);
      const since = new Date().toISOString();
      const back =
        winner && winner.digest !== digest ? { digest, version, instead: winner.digest, by, since } : undefined;
      // The operator decided to roll back; from now on only builds older than this one count as older.
      await state.update(name, { chosen: back, newest: { version } });
      const fault = await pipeline.activate(bundle, { again: true });
      if (!fault) return;
      await state.update(name, { chosen, newest });
      throw fault;
    });
  }

  #target(name: string): { digest: string; version: string } | undefined {
    return this.#options.state.rollbackTarget(name, this.#options.bundles.loaded(name)?.digest);
  }

  /** Throws the error in a bundle's status after an operation that should make it run. */
  #check(name: string): void {
    const status = this.#options.registry.get(name);
    if (!status) throw unknownPlugin(name);
    const { state, code, message, hint, details } = status;
    if ((state === 'failed' || state === 'rejected') && code) {
      throw restoreError({ code, message: message ?? '', hint, details });
    }
  }
}
