import { StagedoorError, fileName } from '@stagedoor/bundle';
import { constants } from 'node:fs';
import { chmod, copyFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Shelves } from '../stage/shelf';
import { newestOf } from '../stage/newest';
import type { StagedBundle } from '../stage/stagedBundle';
import { stageDrop } from '../stage/stageDrop';
import type { Gate } from '../validate/gate';
import type { DropDirectory } from './dropDirectory';
import { receiveUpload } from './receiveUpload';

/** What {@link Uploads} works with. */
export interface UploadsOptions {
  root: string;
  shelves: Shelves;
  drops: DropDirectory;
  gate: Gate;
}

/** An archive that was sent, passed every check of a drop, and can be put into the root directory. */
export interface Upload {
  /** Name of the bundle in it. */
  name: string;
  /** Moves it into the root directory as a whole; resolves when it has taken effect, or failed to. Throws ROOT_UNWRITABLE. */
  place(): Promise<void>;
  /** Removes it, unless it was placed. */
  discard(): Promise<void>;
}

/** Takes archives over HTTP and makes drops of them: one for each package, which the next upload replaces. */
export class Uploads {
  readonly #options: UploadsOptions;

  constructor(options: UploadsOptions) {
    this.#options = options;
  }

  /**
   * Receives an archive and holds it against all that a drop is held against, before the root directory sees any of it.
   * Throws UPLOAD_TOO_LARGE, UPLOAD_ENTRY_TAKEN, UPLOAD_OUTRANKED, the codes of `stageDrop` and those of the gate.
   */
  async receive(body: Readable): Promise<Upload> {
    const { shelves, gate } = this.#options;
    const file = await receiveUpload(body, shelves.temporary);
    const discard = () => rm(file, { force: true });
    try {
      const staged = await stageDrop({ entry: 'The upload', path: file, kind: 'archive' }, shelves);
      const entry = entryOf(staged.name);
      const { fault } = await gate.check(staged);
      if (fault) throw fault;
      this.#checkEntry(staged.name, entry);
      this.#checkRank({ ...staged, entry });
      return { name: staged.name, place: () => this.#place(file, entry), discard };
    } catch (error) {
      await discard();
      throw error;
    }
  }

  /** Throws PLUGIN_NOT_UPLOADED for a package that came into the root directory in another way. */
  checkRemovable(name: string): void {
    const { drops, root } = this.#options;
    const record = drops.record(entryOf(name));
    if (record?.packageName === name) return;
    const entry = drops.winner(name)?.entry;
    throw new StagedoorError('PLUGIN_NOT_UPLOADED', `${name} was not uploaded.`, {
      hint: `Delete ${entry ? join(root, entry) : `its drop in ${root}`}. If \`stagedoor install\` put it there, disable it in dynamic-plugins.yaml and install again.`,
    });
  }

  /** Deletes the upload of a package; resolves when it is out of service. Throws ROOT_UNWRITABLE. */
  async remove(name: string): Promise<void> {
    const { root, drops } = this.#options;
    const entry = entryOf(name);
    try {
      await rm(join(root, entry), { force: true });
    } catch (cause) {
      throw new StagedoorError('ROOT_UNWRITABLE', `${entry} cannot be deleted: ${(cause as Error).message}`, { cause });
    }
    await drops.take(entry);
  }

  /** Refuses to replace a drop of another package, or one that nobody could read yet: somebody gave it this name by hand. */
  #checkEntry(name: string, entry: string): void {
    const record = this.#options.drops.record(entry);
    if (!record || record.packageName === name) return;
    const there = record.packageName ?? 'what could not be read';
    throw new StagedoorError('UPLOAD_ENTRY_TAKEN', `${entry} in the root directory holds ${there}.`, {
      hint: `Give ${entry} another name, and upload again.`,
    });
  }

  /** Refuses what would be put beside a drop that counts more, and have no effect. */
  #checkRank(bundle: StagedBundle): void {
    const winner = this.#options.drops.winner(bundle.name);
    if (!winner || winner.entry === bundle.entry) return;
    if (newestOf([winner, bundle])[0] === bundle) return;
    throw new StagedoorError(
      'UPLOAD_OUTRANKED',
      `${bundle.name} ${bundle.version} would have no effect beside ${winner.entry}, which holds ${winner.version}.`,
      { hint: `Remove ${winner.entry} from the root directory, or upload a higher version.` },
    );
  }

  async #place(file: string, entry: string): Promise<void> {
    const { root, drops } = this.#options;
    // Hidden, so no drop until it is whole; by this name, so that what a crash leaves behind is overwritten.
    const hidden = join(root, `.${entry}`);
    try {
      await rm(hidden, { force: true });
      await copyFile(file, hidden, constants.COPYFILE_EXCL);
      await chmod(hidden, 0o644);
      await rename(hidden, join(root, entry));
    } catch (cause) {
      await rm(hidden, { force: true }).catch(() => {});
      throw new StagedoorError('ROOT_UNWRITABLE', `${entry} cannot be written: ${(cause as Error).message}`, { cause });
    } finally {
      await rm(file, { force: true });
    }
    await drops.take(entry);
  }
}

/** The drop that an upload of a package becomes. */
function entryOf(name: string): string {
  return `${fileName(name)}.tgz`;
}
