import { StagedoorError } from '@stagedoor/bundle';
import type { Readable } from 'node:stream';
import { unknownPlugin } from '../errors/unknownPlugin';
import { readStaged } from '../stage/readStaged';
import type { Shelves } from '../stage/shelf';
import type { Bundles } from '../lifecycle/bundles';
import type { Pipeline } from '../pipeline/pipeline';
import type { Decisions } from './decisions';
import type { DropDirectory } from '../drops/dropDirectory';
import type { Operation, OperationKind } from '../lifecycle/operation';
import type { Operations } from './operations';
import type { StatusStore } from '../lifecycle/statusStore';
import type { StateFile } from '../lifecycle/stateFile';
import type { Uploads } from '../drops/uploads';

/** What {@link Operator} works with. */
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

/** What can be asked for of a bundle that is there. */
export type PluginOperationKind = Exclude<OperationKind, 'upload'>;

/** What an operator can do with a bundle; each is an {@link Operation}, and one at a time for a bundle. */
export class Operator {
  readonly #options: OperatorOptions;

  constructor(options: OperatorOptions) {
    this.#options = options;
  }

  /**
   * Starts an operation on a bundle on behalf of `by` (an entity ref). It fails with the fault of the bundle that does not
   * start. Throws PLUGIN_UNKNOWN, OPERATION_IN_PROGRESS, PLUGIN_DISABLED (reload, rollback), ROLLBACK_IMPOSSIBLE,
   * and what {@link Uploads.checkRemovable} throws.
   */
  start(kind: PluginOperationKind, name: string, by: string): { operation: Operation; done: Promise<Operation> } {
    const { operations, drops, state, uploads } = this.#options;
    if (!drops.names().has(name)) {
      throw unknownPlugin(name);
    }
    const { disabled } = state.get(name);
    if (disabled && (kind === 'reload' || kind === 'rollback')) {
      throw new StagedoorError('PLUGIN_DISABLED', `${name} was disabled by ${disabled.by} at ${disabled.since}.`);
    }
    if (kind === 'rollback' && !this.#target(name)) {
      throw new StagedoorError('ROLLBACK_IMPOSSIBLE', `No build of ${name} has served before.`);
    }
    if (kind === 'remove') uploads.checkRemovable(name);
    return operations.start({ kind, plugin: name, by }, () => this.#run(kind, name, by));
  }

  /**
   * Takes an archive, checks it, and starts the operation that puts it into the root directory; that fails with the fault of
   * a bundle that does not start. Throws OPERATION_IN_PROGRESS and the codes of {@link Uploads.receive}.
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
    return this.#rollback(name);
  }

  /** Starts what is loaded anew, from the drop where that has changed; a quarantine is over. */
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

  /** Takes a bundle out of service until it is enabled, whatever is dropped; ends when its last request is done. */
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

  /** Starts the build that served before, and stays with it until the drop changes. */
  async #rollback(name: string): Promise<void> {
    const { drops, pipeline, shelves, state } = this.#options;
    await pipeline.exclusively(name, async () => {
      const { digest, version } = this.#target(name)!;
      const winner = drops.winner(name);
      const bundle = await readStaged(shelves, name, digest, winner?.entry ?? '');
      if (!bundle) throw new StagedoorError('ROLLBACK_IMPOSSIBLE', `The staged copy of ${name}@${version} is gone.`);
      const { chosen, newest } = state.get(name);
      const back = winner && winner.digest !== digest ? { digest, version, instead: winner.digest } : undefined;
      // Going back is the operator's decision; from here on nothing older than this counts as an older build.
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

  /** Throws the fault that a bundle's status shows after an operation that was to make it run. */
  #check(name: string): void {
    const status = this.#options.registry.get(name);
    if (!status) throw unknownPlugin(name);
    const { state, code, message, hint, details } = status;
    if ((state === 'failed' || state === 'rejected') && code) {
      throw new StagedoorError(code, message ?? '', { hint, details });
    }
  }
}
